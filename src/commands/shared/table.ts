/** Wider columns are hard to read: a longer cell moves the rest of its line instead. */
const WIDEST = 30;
const GAP = '  ';

/** Rows in columns, page by page: a column never gets narrower, so that what is printed stays aligned as it goes on. */
export class Columns {
  readonly #widths: number[] = [];
  readonly #widest: number;

  constructor(widest = WIDEST) {
    this.#widest = widest;
  }

  /** Where the second column begins. */
  get second(): number {
    return (this.#widths[0] ?? 0) + GAP.length;
  }

  /** One line for each of these rows. */
  align(rows: readonly (readonly string[])[]): readonly string[] {
    for (const row of rows) {
      for (const [i, cell] of row.entries()) {
        this.#widths[i] = Math.max(this.#widths[i] ?? 0, Math.min(cell.length, this.#widest));
      }
    }
    return rows.map((row) =>
      row
        .map((cell, i) => cell.padEnd(this.#widths[i] ?? 0))
        .join(GAP)
        .trimEnd(),
    );
  }
}

/** Rows of cells, the first row the head, in columns as wide as they need to be. */
export function table(rows: readonly (readonly string[])[]): string {
  return new Columns(Number.POSITIVE_INFINITY).align(rows).join('\n');
}
