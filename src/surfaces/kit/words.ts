/** Numbers and lists in sentences. */

const LISTS = new Intl.ListFormat('en-GB');

/** `1 grant`, `2 grants`. */
export function plural(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function allOf(items: readonly string[]): string {
  return LISTS.format(items);
}

/** What follows a list that was cut: ` and 3 more`, or nothing. */
export function andMore(n: number): string {
  return n > 0 ? ` and ${n} more` : '';
}

/** The first items, at most `most`, and how many more there are: `a, b and 3 more`. @param others not among the items. */
export function firstOf(items: readonly string[], most: number, others = 0): string {
  return items.slice(0, most).join(', ') + andMore(Math.max(0, items.length - most) + others);
}
