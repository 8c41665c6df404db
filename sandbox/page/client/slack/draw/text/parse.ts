/**
 * Reads Slack's mrkdwn. `slack-message-parser` knows its marks too, but neither bare addresses nor entities nor `verbatim`
 * nor a raw `>`, and it nests quotes, which Slack does not. Lists have no syntax in mrkdwn: a bullet is a character.
 */
import { readInline } from './inline.js';
import { decoded, type Paragraph } from './markup.js';
import { plainToken } from './token.js';

const FENCE = /```([\s\S]+?)```/;
const QUOTE = /^(?:>|&gt;) ?/;
const QUOTE_REST = /^(?:>>>|&gt;&gt;&gt;) ?/;

/** @param verbatim Slack makes no links out of what merely looks like one */
export function parseMrkdwn(text: string, verbatim = false): Paragraph[] {
  // Every second piece is the inside of a fence.
  return text.split(FENCE).flatMap((piece, index): Paragraph[] => {
    if (index % 2 === 1) return [{ type: 'preformatted', text: codeOf(piece) }];
    // A fence stands on lines of its own, whether or not they were written.
    const lines = piece.replace(index > 0 ? /^\n/ : /^(?!)/, '');
    return paragraphsOf(lines.replace(/\n$/, ''), verbatim);
  });
}

function paragraphsOf(text: string, verbatim: boolean): Paragraph[] {
  if (text === '') return [];
  const groups: { type: 'lines' | 'quote'; lines: string[] }[] = [];
  let rest = false;
  for (const line of text.split('\n')) {
    rest ||= QUOTE_REST.test(line);
    const type = rest || QUOTE.test(line) ? 'quote' : 'lines';
    const said = type === 'lines' ? line : line.replace(rest ? QUOTE_REST : QUOTE, '');
    const last = groups.at(-1);
    if (last?.type === type) last.lines.push(said);
    else groups.push({ type, lines: [said] });
  }
  return groups.map(({ type, lines }) => ({ type, children: readInline(lines.join('\n'), verbatim) }));
}

function codeOf(inside: string): string {
  const lines = inside.replace(/^\n/, '').replace(/\n$/, '');
  return lines
    .split(/(<[^<>\n]+>)/)
    .map((piece, index) => (index % 2 === 1 ? plainToken(piece.slice(1, -1)) : decoded(piece)))
    .join('');
}
