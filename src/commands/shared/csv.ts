/**
 * Lines for a spreadsheet (RFC 4180). A cell that a spreadsheet would take for a formula begins with an apostrophe (OWASP,
 * "CSV Injection").
 */
import { stringify } from 'csv-stringify/sync';

/** Spreadsheets skip blanks and control characters before they look for a formula; `escape_formulas` doesn't. */
const HIDDEN_FORMULA = /^(?:\n|[\s\p{C}]+[=+\-@＝＋－＠])/u;

export function csvLine(cells: (string | number | boolean | Date | null)[]): string {
  return stringify([cells], {
    quoted: true,
    quoted_empty: true,
    record_delimiter: '\r\n',
    escape_formulas: true,
    cast: {
      string: (text) => (HIDDEN_FORMULA.test(text) ? `'${text}` : text),
      boolean: String,
      date: (date) => date.toISOString(),
    },
  });
}
