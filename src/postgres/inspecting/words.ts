/** Numbers, lists and limits of the sentences about a role. */

/** `1 table`, `3 tables`; an irregular plural is given. */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}

/** Names in a sentence, at most four; the rest is counted. */
export function list(names: readonly string[]): string {
  const shown = names.length > 4 ? names.slice(0, 3) : names;
  return and([...shown, ...(shown.length < names.length ? [`${names.length - shown.length} more`] : [])]);
}

/** `a`, `a and b`, `a, b and c`. */
export function and(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}

/** A sentence with names in it, characters. */
const MAX_WORDS = 300;

/** Limits what is kept of it. */
export function cut(words: string): string {
  if (words.length <= MAX_WORDS) return words;
  // Half a character is no valid text, and the ledger would refuse the whole row.
  return `${words.slice(0, MAX_WORDS - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
