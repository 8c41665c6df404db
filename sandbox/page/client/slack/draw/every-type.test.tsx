/** Each block and element that the sandbox takes, drawn; and nothing that people wrote becomes markup. */
import { describe, expect, it } from 'vitest';
import { checkBlocks } from '../../../../slack/validate/message.js';
import { checkModal } from '../../../../slack/validate/view.js';
import { drawn, drawnMrkdwn, valid } from './testing.js';

const plain = (text: string) => ({ type: 'plain_text', text });
const option = (value: string) => ({ text: plain(`Option ${value}`), value, description: plain('more') });
const options = [option('1'), option('2')];
const confirm = { title: plain('Sure?'), text: plain('Really.'), confirm: plain('Yes'), deny: plain('No') };

const MENUS = [
  { type: 'static_select', placeholder: plain('Pick'), options, initial_option: option('2') },
  { type: 'static_select', option_groups: [{ label: plain('Group'), options }] },
  { type: 'multi_static_select', options, initial_options: [option('1')] },
  { type: 'external_select', initial_option: option('7') },
  { type: 'multi_external_select', initial_options: [option('7'), option('8')] },
  { type: 'users_select', initial_user: 'U0BO' },
  { type: 'conversations_select', initial_conversation: 'C0ACCESS' },
  { type: 'checkboxes', options, initial_options: [option('1')] },
  { type: 'radio_buttons', options },
  { type: 'datepicker', initial_date: '2026-11-21' },
  { type: 'timepicker', initial_time: '03:11' },
];
const MOMENT = { type: 'datetimepicker', initial_date_time: 1_795_230_715 };
const TYPED = [
  { type: 'plain_text_input', initial_value: 'typed', max_length: 10 },
  { type: 'plain_text_input', multiline: true, initial_value: 'lines' },
  { type: 'number_input', is_decimal_allowed: false, initial_value: '7' },
  { type: 'email_text_input' },
  { type: 'url_text_input' },
];
const BUTTON = { type: 'button', text: plain('Go'), confirm };
const OVERFLOW = { type: 'overflow', options };

it.each([BUTTON, OVERFLOW, MOMENT, ...MENUS])('%j in actions', (element) => {
  expect(drawn(valid(checkBlocks([{ type: 'actions', elements: [element] }])))).not.toContain('unsupported');
});

it.each([BUTTON, OVERFLOW, ...MENUS])('%j beside a section', (accessory) => {
  const blocks = valid(checkBlocks([{ type: 'section', text: plain('Beside'), accessory }]));
  expect(drawn(blocks)).not.toContain('unsupported');
});

it.each([MOMENT, ...MENUS, ...TYPED])('%j in an input', (element) => {
  const input = { type: 'input', block_id: 'b', label: plain('Label'), hint: plain('Hint'), element };
  const html = drawn(valid(checkBlocks([input])), { kind: 'modal', errors: { b: 'Not so.' } });
  expect(html).not.toContain('unsupported');
  for (const words of ['Label', 'Hint', 'Not so.']) expect(html).toContain(words);
  expect(html).toContain('aria-invalid="true"');
});

it('shows what is chosen and typed', () => {
  const input = (element: object) => ({ type: 'input', label: plain('Label'), element });
  const html = drawn(valid(checkBlocks([...MENUS, MOMENT, ...TYPED].map(input))), { kind: 'modal' });
  for (const value of [
    'value="Option 2"',
    'aria-label="Remove Option 1"',
    'aria-label="Remove Option 8"',
    'value="Bo Li"',
    'value="#access"',
    'value="2026-11-21"',
    'value="03:11"',
    // In the zone of the reader.
    'value="2026-11-21T04:11"',
    'value="typed"',
    '>lines</textarea>',
    'value="7"',
  ]) {
    expect(html).toContain(value);
  }
});

it.each(['default', 'info', 'warning', 'error', 'success'])('an alert: %s', (level) => {
  const view = {
    type: 'modal',
    title: plain('Title'),
    blocks: [{ type: 'alert', level, text: { type: 'mrkdwn', text: '*Careful*' } }],
  };
  const html = drawn(valid(checkModal(view)).blocks, { kind: 'modal' });
  expect(html).toContain(`draw-alert-${level}`);
  expect(html).toContain('<strong>Careful</strong>');
});

it('rich text, with every part', () => {
  const style = { bold: true, italic: true, strike: true, code: true, underline: true };
  const parts = [
    { type: 'text', text: 'words', style },
    { type: 'link', url: 'https://a.b', text: 'label' },
    { type: 'link', url: 'javascript:alert(1)', text: 'evil' },
    { type: 'user', user_id: 'U0BO' },
    { type: 'usergroup', usergroup_id: 'S0DBA' },
    { type: 'channel', channel_id: 'C0ACCESS' },
    { type: 'broadcast', range: 'here' },
    { type: 'emoji', name: 'tada' },
    { type: 'date', timestamp: 1_795_230_715, format: '{date_num}' },
  ];
  const section = { type: 'rich_text_section', elements: parts };
  const html = drawn(
    valid(
      checkBlocks([
        {
          type: 'rich_text',
          elements: [
            section,
            { type: 'rich_text_list', style: 'bullet', elements: [section] },
            { type: 'rich_text_list', style: 'ordered', indent: 1, elements: [section] },
            { type: 'rich_text_quote', elements: parts },
            { type: 'rich_text_preformatted', elements: parts.slice(0, 2) },
          ],
        },
      ]),
    ),
  );
  expect(html).not.toContain('unsupported');
  expect(html).not.toContain('javascript:');
  for (const tag of ['<ul', '<ol', '<blockquote', '<pre', '<strong><em><s><u><code'])
    expect(html).toContain(tag);
  for (const words of ['@Bo Li', '@dba', '#access', '@here', '🎉', '2026-11-21'])
    expect(html).toContain(words);
});

it('Markdown', () => {
  const text =
    '# Title\n**bold** *it* ~~no~~ `x*y*` [a](https://a.b) [b](javascript:x)\n- one\n2. two\n> said\n```sql\n**raw**\n```\n---';
  const html = drawn(valid(checkBlocks([{ type: 'markdown', text }])));
  for (const tag of [
    '>Title</h4>',
    '<strong>bold</strong>',
    '<em>it</em>',
    '<s>no</s>',
    '>x*y*</code>',
    'href="https://a.b"',
    '<li>one</li>',
    'start="2"',
    '>said</blockquote>',
    '>**raw**</pre>',
    '<hr',
  ]) {
    expect(html).toContain(tag);
  }
  expect(html).not.toContain('href="javascript');
});

it('images from elsewhere by their words alone', () => {
  const image = { type: 'image', image_url: 'https://a.b/c.png', alt_text: 'A chart' };
  const html = drawn(
    valid(
      checkBlocks([
        { ...image, title: plain('Title') },
        { type: 'context', elements: [image, { type: 'mrkdwn', text: 'said' }] },
        { type: 'section', text: plain('x'), accessory: image },
        { type: 'divider' },
        { type: 'header', text: plain('Head :tada:') },
        { type: 'section', fields: [plain('one'), plain('two')] },
      ]),
    ),
  );
  expect(html).not.toContain('<img');
  expect(html.match(/aria-label="A chart"/g)).toHaveLength(3);
});

describe('texts', () => {
  it.each([
    ['<@U0BO> <@U0ANA> <@U0GONE|gone> <@U0NONE>', ['@Bo Li', 'draw-mention-me">@Ana', '@gone', '@U0NONE']],
    ['<#C0ACCESS> <#C0HIDDEN>', ['#access', '🔒 private channel']],
    ['<!subteam^S0DBA> <!channel>', ['draw-mention-me">@dba', 'draw-mention-me">@channel']],
    [
      '<!date^1795230715^{date_num} {time}|x>',
      ['dateTime="2026-11-21T03:11:55.000Z"', '>2026-11-21 4:11 AM<'],
    ],
    ['<!date^1795230715^{what}|the fallback>', ['the fallback']],
    [':tada: :nothing_like_it: :wave::skin-tone-5:', ['🎉', ':nothing_like_it:', '👋🏾']],
  ])('%s', (text, all) => {
    for (const words of all) expect(drawnMrkdwn(text)).toContain(words);
  });

  it('make no markup of what people wrote', () => {
    const evil = '&lt;script&gt;alert(1)&lt;/script&gt; <img src=x> "\'` <javascript:alert(1)|x>';
    const html = drawnMrkdwn(evil);
    expect(html).not.toMatch(/<script|<img|href=/);
    const both = drawn(valid(checkBlocks([{ type: 'section', text: plain('<b>*x*</b> &lt; <!channel>') }])));
    expect(both).toContain('&lt;b&gt;*x*&lt;/b&gt; &amp;lt; &lt;!channel&gt;');
  });

  it('leave emoji alone where the text says so', () => {
    const text = { ...plain(':tada:'), emoji: false };
    expect(drawn(valid(checkBlocks([{ type: 'section', text }])))).toContain(':tada:');
  });
});
