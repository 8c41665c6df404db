/**
 * Text for Slack. Everything that Hallpass did not write itself (reasons, names, errors of a server) passes
 * through here before it is shown.
 *
 * Invariants kept here:
 * - nothing that somebody else wrote can mention, link, ping or leave its inline code: `&`, `<`, `>` are escaped,
 *   and what Slack has no escape for (backtick, `*`, `~`) is shown as a look-alike;
 * - characters that cannot be seen are shown (in names) or dropped (in sentences);
 * - a text is cut between two characters and after escaping, so that a limit is kept and no escape is cut in half.
 *
 * Lengths are UTF-16 units, never less than what Slack counts. Source: docs.slack.dev, "Formatting message text".
 */
import type { Principal } from '../../domain/policy/policy.js';
import { firstOf } from './words.js';

/** The longest list of people in a message; the rest is counted. */
const MAX_LISTED = 10;
/** Room for any Postgres name (63 bytes), unless dozens of its characters have to be escaped. */
const MAX_CODE = 200;

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
const LOOK_ALIKES: Readonly<Record<string, string>> = { '`': 'ˋ', '*': '∗', '~': '∼' };

/** Controls, format and bidirectional marks, unassigned and lone halves, line separators, blank fillers. */
const UNSEEN = /^[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]$/u;
/** In sentences: joiners and variation selectors stay, for emoji and for scripts that need them. */
const UNWANTED = /[\p{Bidi_Control}\u200B\u2060\uFEFF]|(?![\n\t])\p{Cc}/gu;

/** For mrkdwn that is otherwise ours. */
export function escapeMrkdwn(text: string): string {
  return text.replace(/[&<>]/g, (character) => ESCAPES[character] ?? character);
}

/**
 * `text` with each character shown by `show`, in at most `max` units; an ellipsis tells that it was cut.
 * @param show never answers less than it is given
 */
function shorten(text: string, max: number, show: (character: string) => string): string {
  // No more is taken apart than is shown: it may be long. Half a character at the end is never shown.
  const shown = Array.from(text.slice(0, max + 2), show);
  const whole = shown.join('');
  if (whole.length <= max) return whole;
  let cut = '';
  for (const character of shown) {
    if (cut.length + character.length > max - 1) break;
    cut += character;
  }
  return `${cut.trimEnd()}…`;
}

/** At most `max` units, never half a character. */
export function truncate(text: string, max: number): string {
  return shorten(text, max, (character) => character);
}

function reveal(character: string): string {
  return UNSEEN.test(character) ? `\\u{${character.codePointAt(0)?.toString(16)}}` : character;
}

/** A name for plain text: what could not be seen in it is shown. */
export function plainName(name: string, max: number): string {
  return shorten(name, max, reveal);
}

/** A name as inline code that it can't break out of. A backtick is shown as its look-alike: Slack can't escape it. */
export function code(name: string): string {
  return `\`${shorten(name, MAX_CODE, (c) => (c === '`' ? 'ˋ' : escapeMrkdwn(reveal(c))))}\``;
}

/** Somebody's own words for plain text: their lines are kept, what hides or reorders text is dropped. */
export function ownWords(words: string, max: number): string {
  const kept = words
    .replace(/\r\n?/g, '\n')
    .replace(UNWANTED, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
  return truncate(kept, max);
}

/** Somebody's own words inside our mrkdwn: one line, nothing in it formats, links or mentions. */
export function inline(words: string, max: number): string {
  const line = words.replace(/\s+/gu, ' ').replace(UNWANTED, '').trim();
  return shorten(line, max, (c) => escapeMrkdwn(LOOK_ALIKES[c] ?? c));
}

/** A link in mrkdwn. @param url an https address, percent-encoded. */
export function link(url: string, words: string): string {
  return `<${escapeMrkdwn(url.replaceAll('|', '%7C'))}|${inline(words, MAX_CODE)}>`;
}

/** Somebody's own words on one line of plain text, as a terminal shows it: nothing in it moves, hides or colors. */
export function oneLine(words: string, max: number): string {
  const line = words.replace(/\s+/gu, ' ').replace(UNWANTED, '').trim();
  return truncate(line, max);
}

/** `2026-11-21 03:11 UTC`, for titles, options and errors in a modal, which know no reader's zone. */
export function whenPlain(date: Date): string {
  return `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** A time in mrkdwn, shown in each reader's own zone. */
export function when(date: Date): string {
  return `<!date^${Math.floor(date.getTime() / 1000)}^{date_short_pretty} at {time}|${whenPlain(date)}>`;
}

/** A mention of a user or a user group. It buzzes when it is posted, not when it comes with an edit. */
export function mention(id: string): string {
  if (/^[UW][A-Z0-9]+$/.test(id)) return `<@${id}>`;
  if (/^S[A-Z0-9]+$/.test(id)) return `<!subteam^${id}>`;
  return inline(id, 30);
}

/** The mention of a person, or "you" when it is the reader. */
export function who(id: string, reader: string | null): string {
  return id === reader ? 'you' : mention(id);
}

/** Up to ten mentions, and how many more there are. */
export function mentions(principals: readonly Principal[]): string {
  if (principals.length === 0) return 'nobody';
  return firstOf(
    principals.map(({ id }) => mention(id)),
    MAX_LISTED,
  );
}
