/**
 * What was typed after a command, word by word. A name in quotes is one word, in whichever quotes a keyboard makes of
 * them. Takes time in proportion to the text.
 */

export interface Token {
  readonly text: string;
  /** In quotes, so it is a name and nothing else. */
  readonly quoted: boolean;
  /** Where it begins in what was typed. */
  readonly start: number;
}

/** No more words are read: by then the reason has begun. */
const MAX_TOKENS = 40;

/** What opens a quoted name, and all that may close it: phones and word processors replace the one by another. */
const QUOTES = ['"“”„‟«»', '`', "'‘’‚‛‹›"] as const;

/** Characters that are not seen, and that keyboards and web pages put between others. */
const UNSEEN = /[\u00AD\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF]/gu;

/** The first words. */
export function tokensOf(typed: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (tokens.length < MAX_TOKENS) {
    const found = tokenAt(typed, at);
    if (found === null) break;
    tokens.push(found.token);
    at = found.end;
  }
  return tokens.filter(({ text }) => text !== '');
}

function tokenAt(typed: string, from: number): { readonly token: Token; readonly end: number } | null {
  const ahead = /[^\s\u200B\uFEFF]/u.exec(typed.slice(from));
  if (ahead === null) return null;
  const start = from + ahead.index;
  const quoted = quotedAt(typed, start);
  if (quoted !== null) return { token: { text: quoted.text, quoted: true, start }, end: quoted.end };
  // "shop-prod"/"orders_read"
  if (typed.charAt(start) === '/' && quotedAt(typed, start + 1) !== null) {
    return { token: { text: '/', quoted: false, start }, end: start + 1 };
  }
  const length = typed.slice(start).search(/\s/u);
  const end = length < 0 ? typed.length : start + length;
  // As people punctuate: "shop, orders_read, 2h: …".
  const text = typed
    .slice(start, end)
    .replace(UNSEEN, '')
    .replace(/[,;:]+$/u, '');
  return { token: { text, quoted: false, start }, end };
}

function quotedAt(typed: string, start: number): { readonly text: string; readonly end: number } | null {
  const family = QUOTES.find((quotes) => quotes.includes(typed.charAt(start)));
  if (family === undefined) return null;
  let text = '';
  for (let at = start + 1; at < typed.length; at += 1) {
    const character = typed.charAt(at);
    if (!family.includes(character)) text += character;
    // SQL writes a quote in a name twice.
    else if (character === '"' && typed.charAt(at + 1) === '"') {
      text += '"';
      at += 1;
    } else if (/^(?:$|[\s,;:/])/u.test(typed.slice(at + 1, at + 2))) {
      return text.trim() === '' ? null : { text: text.trim(), end: at + 1 };
    } else text += character;
  }
  return null;
}
