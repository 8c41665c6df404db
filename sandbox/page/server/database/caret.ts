/** Where the server says that the mistake is, drawn as psql draws it. */

/** How much of a line is shown. */
const WIDTH = 60;
/** How much of it, at least, follows the caret. */
const AFTER = 10;

/**
 * @param position counts characters from 1, as the server does
 * @returns null when there is no such place
 */
export function caretAt(sql: string, position: number): { line: string; caret: string } | null {
  const characters = [...sql];
  const at = position - 1;
  if (!Number.isInteger(at) || at < 0 || at > characters.length) return null;
  const before = characters.slice(0, at);
  const start = before.lastIndexOf('\n') + 1;
  const end = characters.indexOf('\n', at);
  const line = characters
    .slice(start, end < 0 ? undefined : end)
    .map((each) => (each === '\t' || each === '\r' ? ' ' : each));
  const column = at - start;
  const from = line.length > WIDTH ? Math.max(0, Math.min(column + AFTER, line.length) - WIDTH) : 0;
  const shown = line.slice(from, from + WIDTH).join('');
  const [left, right] = [from > 0 ? '...' : '', from + WIDTH < line.length ? '...' : ''];
  const prefix = `LINE ${before.filter((each) => each === '\n').length + 1}: ${left}`;
  return {
    line: `${prefix}${shown}${right}`.trimEnd(),
    caret: `${' '.repeat(prefix.length + column - from)}^`,
  };
}
