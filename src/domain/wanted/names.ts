/**
 * Reads names out of text. Every pattern is bounded or can't match in two ways, so each takes time in proportion to the
 * text, whatever somebody pastes.
 */
import { MAX_NAME_BYTES } from '../postgres/postgres-name.js';

/** What SQL takes as a name without quotes. */
const BARE = /[\p{L}_][\p{L}\p{N}_$]*/uy;
/** No longer name is one. */
const QUOTED = /"((?:[^"\n]|""){1,130})"/uy;
/** As people and their editors quote, and as German and French servers do. */
const OTHER_QUOTES: Readonly<Record<string, string>> = {
  '»': '«',
  '«': '»',
  '“': '”',
  '„': '“',
  '`': '`',
  "'": "'",
  '‘': '’',
};

interface Part {
  /** As the catalogs may have it, likeliest first: what isn't quoted is folded, and was perhaps copied from there. */
  readonly readings: readonly [string, ...string[]];
}

/** A name of one part or several, `billing.invoices`, and where it ends. */
export interface FoundName {
  readonly parts: readonly [Part, ...Part[]];
  readonly end: number;
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

function readPart(text: string, at: number): { readonly part: Part; readonly end: number } | null {
  // JSON has a backslash before each quote.
  const start = text.startsWith('\\"', at) ? at + 1 : at;
  const quoted = match(QUOTED, text, start);
  if (quoted !== null) {
    const name = (quoted[1] ?? '').replaceAll('""', '"').replace(/\\$/, '');
    return { part: { readings: [name] }, end: start + quoted[0].length };
  }
  const close = OTHER_QUOTES[text[at] ?? ''];
  if (close !== undefined) {
    const inside = text.slice(at + 1, at + 1 + MAX_NAME_BYTES + 2);
    const length = inside.indexOf(close);
    const name = inside.slice(0, length).trim();
    return length < 1 || name === ''
      ? null
      : { part: { readings: [name] }, end: at + 1 + length + close.length };
  }
  const bare = match(BARE, text, at)?.[0];
  if (bare === undefined) return null;
  const folded = bare.toLowerCase();
  return { part: { readings: folded === bare ? [bare] : [folded, bare] }, end: at + bare.length };
}

/** The name that begins here; null when none does. At most three parts: database, schema, name. */
export function readName(text: string, at: number): FoundName | null {
  const first = readPart(text, at);
  if (first === null) return null;
  const parts: [Part, ...Part[]] = [first.part];
  let { end } = first;
  while (parts.length < 3 && text[end] === '.') {
    const next = readPart(text, end + 1);
    if (next === null) break;
    parts.push(next.part);
    end = next.end;
  }
  return { parts, end };
}

/** What ends a name that stands in a message without quotes, however odd it is. */
const ENDS =
  /[\n\r"`]|\\[nrt"]|\s+\(SQLSTATE|\s+at character\s|\s*;\s|,\s|\s+LINE \d|\s+(?:DETAIL|HINT|STATEMENT|CONTEXT|QUERY):/u;

/** The rest of the line, which may be all of a name that holds spaces; null when no name is that long. */
export function restOfLine(text: string, at: number): string | null {
  const near = text.slice(at, at + 4 * MAX_NAME_BYTES);
  const end = near.search(ENDS);
  const rest = (end === -1 ? near : near.slice(0, end)).trim();
  return rest === '' || Buffer.byteLength(rest) > MAX_NAME_BYTES ? null : rest;
}
