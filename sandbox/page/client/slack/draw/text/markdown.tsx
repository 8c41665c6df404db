/** The markdown block: the Markdown that apps write, not Slack's own. */
import type { ReactNode } from 'react';
import { Link } from './inline-parts.js';
import { isSafe } from './markup.js';
import { keyed } from './mrkdwn.js';

export function Markdown({ text }: { readonly text: string }) {
  return (
    <div className="draw-rich">
      {keyed(text.split(/^```\w*\n([\s\S]*?)^```$/m)).map(({ key, item }) =>
        Number(key) % 2 === 1 ? (
          <pre key={key} className="draw-pre">
            {item.replace(/\n$/, '')}
          </pre>
        ) : (
          <Lines key={key} text={item} />
        ),
      )}
    </div>
  );
}

const LIST = /^( *)(?:[-*+]|(\d+)[.)]) +(.*)$/;

function Lines({ text }: { readonly text: string }) {
  return keyed(text.split('\n')).map(({ key, item: line }) => <Line key={key} line={line} />);
}

function Line({ line }: { readonly line: string }): ReactNode {
  if (line.trim() === '') return null;
  const [, heading] = /^#{1,6} +(.*)$/.exec(line) ?? [];
  if (heading !== undefined) {
    return <h4 className="draw-markdown-heading">{inline(heading)}</h4>;
  }
  if (/^(?:-{3,}|\*{3,}|_{3,})$/.test(line)) return <hr className="draw-divider" />;
  const [, quoted] = /^> ?(.*)$/.exec(line) ?? [];
  if (quoted !== undefined) return <blockquote className="draw-quote">{inline(quoted)}</blockquote>;
  const [, indent = '', number, item] = LIST.exec(line) ?? [];
  if (item === undefined) return <div className="draw-lines">{inline(line)}</div>;
  const List = number === undefined ? 'ul' : 'ol';
  return (
    <List
      className="draw-rich-list"
      style={{ marginLeft: `${indent.length * 14}px` }}
      {...(number === undefined ? {} : { start: Number(number) })}
    >
      <li>{inline(item)}</li>
    </List>
  );
}

const MARKS =
  /`([^`]+)`|\*\*(\S.*?)\*\*|__(\S.*?)__|~~(\S.*?)~~|\[([^\]]*)\]\(([^\s()]+)\)|\*(\S[^*]*)\*|(?<![\p{L}\p{N}])_(\S[^_]*)_(?![\p{L}\p{N}])/u;

function inline(text: string): ReactNode {
  const match = MARKS.exec(text);
  if (!match) return text;
  const [whole, code, bold, strong, strike, label, url = '', star, underscore] = match;
  const italic = star ?? underscore;
  return (
    <>
      {text.slice(0, match.index)}
      {code !== undefined && <code className="draw-code">{code}</code>}
      {(bold ?? strong) !== undefined && <strong>{inline(bold ?? strong ?? '')}</strong>}
      {strike !== undefined && <s>{inline(strike)}</s>}
      {italic !== undefined && <em>{inline(italic)}</em>}
      {label !== undefined && (isSafe(url) ? <Link url={url}>{inline(label)}</Link> : whole)}
      {inline(text.slice(match.index + whole.length))}
    </>
  );
}
