/** How commands write to a terminal. */
import type { Finding } from '../../access/check/finding.js';
import { withoutKnownSecrets } from '../../secrets.js';
import { asTyped } from '../../terminal.js';

/** Wider lines are hard to read, however wide the terminal is. */
const MOST_COLUMNS = 100;

/** Sentences for the person at the terminal. */
export function print(text: string): void {
  printExact(asTyped(text));
}

/** What is no sentence, but kept or run as it stands: a script, a document. */
export function printExact(text: string): void {
  const shown = withoutKnownSecrets(text);
  process.stdout.write(shown.endsWith('\n') ? shown : `${shown}\n`);
}

export function printJson(value: unknown): void {
  printExact(JSON.stringify(value, null, 2));
}

/** Rows of cells, the first row the head, in columns as wide as they need to be. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** One line for what was found, and lines below it for what fixes it; all begin in the same columns. */
export function printFindings(findings: readonly Finding[]): void {
  const width = Math.max(...findings.map(({ about }) => about.length));
  const indent = ' '.repeat('failure'.length + width + 4);
  for (const { level, about, says, nextStep } of findings) {
    const head = `${level.padEnd('failure'.length)}  ${about.padEnd(width)}  `;
    print(head + wrap(visible(says), indent));
    if (nextStep !== null) print(indent + wrap(visible(nextStep), indent));
  }
}

/** Names come from servers and from Slack: nothing in them may move, hide or color what a terminal shows. */
function visible(text: string): string {
  return text.replace(/[^\P{C}\n]/gu, '');
}

/** Breaks lines between words; a line that is SQL is left whole, to be copied. */
export function wrap(text: string, indent: string): string {
  const columns = Math.min(process.stdout.columns ?? MOST_COLUMNS, MOST_COLUMNS) - indent.length;
  // As it will be printed, which may be longer.
  return asTyped(text)
    .split('\n')
    .flatMap((line) => (line.endsWith(';') ? [line] : breakWords(line, Math.max(columns, 30))))
    .join(`\n${indent}`);
}

function breakWords(line: string, columns: number): readonly string[] {
  const lines = [''];
  for (const word of line.split(' ')) {
    const last = lines.at(-1) ?? '';
    if (last === '') lines[lines.length - 1] = word;
    else if (last.length + 1 + word.length <= columns) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
