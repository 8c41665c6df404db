/** Slack's looks, as far as they matter to judge a text: widths, sizes, weights and colors, light and dark. */
export const STYLE = `
:root { --back: #fff; --ink: #1d1c1d; --soft: #616061; --line: #ddd; --code: #c01343; --shade: #f8f8f8;
  --link: #1264a3; --at: #e8f5fa; --amber: #fcf4da; --red: #fbe9ec; }
.dark { --back: #1a1d21; --ink: #d1d2d3; --soft: #ababad; --line: #565856; --code: #e8912d; --shade: #232529;
  --link: #1d9bd1; --at: #1d3a4a; --amber: #3d3213; --red: #43212a; }
body { margin: 0; background: var(--back); color: var(--ink); font: 15px/1.46 Lato, Helvetica, Arial, sans-serif; }
.sample { width: 620px; padding: 14px 18px; border-bottom: 1px solid var(--line); }
.path { font: 11px monospace; color: var(--soft); margin-bottom: 6px; }
small, .context { font-size: 12px; color: var(--soft); } small { font-weight: 400; display: block; }
.who small { display: inline; background: var(--shade); padding: 0 3px; border-radius: 2px; font-size: 10px; }
.message { display: grid; grid-template-columns: 36px 1fr; gap: 8px; }
.face { width: 36px; height: 36px; border-radius: 4px; background: #4a154b; }
.section { margin: 4px 0 8px; display: flex; justify-content: space-between; gap: 12px; overflow-wrap: anywhere; }
.actions { display: flex; flex-wrap: wrap; gap: 8px; margin: 6px 0; align-items: start; }
h3 { margin: 16px 0 6px; font-size: 18px; } hr { border: 0; border-top: 1px solid var(--line); }
.button, .select { display: inline-block; border: 1px solid var(--line); border-radius: 4px; padding: 3px 12px;
  font-weight: 700; font-size: 13px; white-space: nowrap; }
.primary { background: #007a5a; border-color: #007a5a; color: #fff; }
.danger { background: #e01e5a; border-color: #e01e5a; color: #fff; }
.confirm { border: 1px dashed var(--line); border-radius: 6px; padding: 6px 10px; margin-top: 4px; font-size: 12px; max-width: 330px; }
.select, .text { font-weight: 400; background: var(--back); font-size: 15px; } .select { min-width: 150px; white-space: normal; }
.text { border: 1px solid var(--line); border-radius: 4px; padding: 6px 10px; min-height: 22px; } .tall { min-height: 66px; }
i { color: var(--soft); font-style: normal; }
.modal { border: 1px solid var(--line); border-radius: 8px; padding: 0 22px; width: 520px; box-sizing: border-box; }
.modal .title { font-weight: 900; font-size: 20px; padding: 16px 0 10px; } .input { margin: 14px 0; } .input > b + small { display: inline; } .input > span { display: block; margin: 2px 0; }
.foot { text-align: right; padding: 14px 0; } .foot .button { margin-left: 8px; padding: 6px 14px; }
.alert { border-radius: 6px; padding: 8px 12px; margin: 8px 0; background: var(--amber); } .alert.error { background: var(--red); }
.mention { color: var(--link); background: var(--at); border-radius: 3px; padding: 0 2px; } a { color: var(--link); }
code, pre { font: 12px Monaco, Menlo, monospace; background: var(--shade); border: 1px solid var(--line); border-radius: 3px; }
code { color: var(--code); padding: 1px 3px; } pre { padding: 8px; margin: 4px 0; white-space: pre-wrap; overflow-wrap: anywhere; }
`;
