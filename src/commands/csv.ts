/**
 * Lines for a spreadsheet (RFC 4180). What others wrote must not be taken for a formula there: a cell that would begin
 * like one begins with an apostrophe (OWASP, "CSV Injection").
 */

/** Also what a spreadsheet's import makes of full-width characters, and what it skips before it looks. */
export function inert(words: string): string {
  return /^[\s\p{C}]*[=+\-@＝＋－＠]/u.test(words) || /^[\t\r\n]/.test(words) ? `'${words}` : words;
}

export function csvLine(cells: readonly string[]): string {
  return `${cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',')}\r\n`;
}
