/** The marks within one line of mrkdwn: `*bold*`, `` `code` ``, `<links>`, `:emoji:`. */
import { decoded, type Inline, isSafe } from './markup.js';
import { plainToken, readToken } from './token.js';

const STYLES = { '*': 'bold', _: 'italic', '~': 'strike' } as const;
type Mark = keyof typeof STYLES;

const TOKEN = /<([^<>\n]+)>/y;
const CODE = /`([^`\n]+)`(?![\p{L}\p{N}`])/uy;
const EMOJI = /:([a-z0-9_+'-]+):(?::skin-tone-([2-6]):)?/y;
const BARE_URL = /https?:\/\/[^\s<>|`*~"]+/y;
const WORD = /[\p{L}\p{N}]/u;

interface Scan {
  readonly line: string;
  /** Whether bare addresses become links. */
  readonly links: boolean;
  /** The marks around: none nests in itself. */
  readonly within: string;
}

/** @param verbatim Slack makes no links out of what merely looks like one */
export function readInline(text: string, verbatim = false): Inline[] {
  return text
    .split(/(?<=\n)/)
    .flatMap((line) => scan({ line, links: !verbatim, within: '' }))
    .reduce<Inline[]>(joined, []);
}

function scan(how: Scan): Inline[] {
  const { line } = how;
  const found: Inline[] = [];
  let [at, plain] = [0, 0];
  while (at < line.length) {
    const read = readAt(how, at);
    if (read === null) {
      at += 1;
      continue;
    }
    found.push({ type: 'text', text: decoded(line.slice(plain, at)) }, read.node);
    at = plain = read.end;
  }
  return [...found, { type: 'text' as const, text: decoded(line.slice(plain)) }].reduce<Inline[]>(joined, []);
}

interface Read {
  readonly node: Inline;
  readonly end: number;
}

function readAt(how: Scan, at: number): Read | null {
  const { line } = how;
  const mark = line.charAt(at);
  const afterWord = at > 0 && WORD.test(line.charAt(at - 1));
  switch (mark) {
    case '<': {
      const match = matchAt(TOKEN, line, at);
      const node = match && readToken(match[1] ?? '');
      return match && node ? { node, end: at + match[0].length } : null;
    }
    case '`': {
      const match = afterWord || line.charAt(at - 1) === '`' ? null : matchAt(CODE, line, at);
      const text = decoded((match?.[1] ?? '').replace(/<([^<>]+)>/g, (_, inside) => encodedPlain(inside)));
      return match && { node: { type: 'code', text }, end: at + match[0].length };
    }
    case ':': {
      const match = matchAt(EMOJI, line, at);
      if (!match) return null;
      const [source, name = '', tone] = match;
      const node = { type: 'emoji' as const, name, tone: tone === undefined ? null : Number(tone), source };
      return { node, end: at + source.length };
    }
    case '*':
    case '_':
    case '~':
      return afterWord ? null : readStyled(how, at, mark);
    case 'h':
      return how.links && !afterWord ? readUrl(line, at) : null;
    default:
      return null;
  }
}

function readUrl(line: string, at: number): Read | null {
  const match = matchAt(BARE_URL, line, at);
  // The dot that ends the sentence is not of the address.
  const written = match?.[0].replace(/(?:[.,;:!?'’)\]}]|&gt;|&lt;.*)+$/, '') ?? '';
  const url = decoded(written);
  if (!match || !isSafe(url) || !URL.canParse(url)) return null;
  return { node: { type: 'link', url, label: null }, end: at + written.length };
}

function readStyled(how: Scan, at: number, mark: Mark): Read | null {
  const { line, within } = how;
  const next = line.charAt(at + 1);
  if (within.includes(mark) || next === mark || /\s|^$/.test(next) || line.charAt(at - 1) === mark)
    return null;
  const end = closing(line, at + 1, mark);
  if (end === null) return null;
  const children = scan({ ...how, line: line.slice(at + 1, end), within: within + mark });
  return { node: { type: STYLES[mark], children }, end: end + 1 };
}

/** Where the mark closes: after no space and before no word. What stands in code or in a link closes nothing. */
function closing(line: string, from: number, mark: Mark): number | null {
  for (let at = from; at < line.length; at += 1) {
    const skipped = matchAt(TOKEN, line, at) ?? matchAt(CODE, line, at);
    if (skipped) at += skipped[0].length - 1;
    else if (line.charAt(at) === mark) {
      const next = line.charAt(at + 1);
      if (!/\s/.test(line.charAt(at - 1)) && next !== mark && !WORD.test(next)) return at;
    }
  }
  return null;
}

function matchAt(sticky: RegExp, line: string, at: number): RegExpExecArray | null {
  sticky.lastIndex = at;
  return sticky.exec(line);
}

/** Encoded again, since the whole of the code is decoded at once. */
function encodedPlain(inside: string): string {
  return plainToken(inside).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Text beside text is one. */
function joined(all: Inline[], next: Inline): Inline[] {
  const last = all.at(-1);
  if (next.type !== 'text') all.push(next);
  else if (last?.type === 'text') all[all.length - 1] = { type: 'text', text: last.text + next.text };
  else if (next.text !== '') all.push(next);
  return all;
}
