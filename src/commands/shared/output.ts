/** How commands write to a terminal. */
import { withoutKnownSecrets } from '../../secrets.js';
import { asTyped } from '../../terminal.js';

/** Wider lines are hard to read, however wide the terminal is. */
const MOST_COLUMNS = 100;

/** Sentences for the person at the terminal. */
export function print(text: string): void {
  printExact(asTyped(text));
}

/** Text that is kept or run as it stands: a script, a document. */
export function printExact(text: string): void {
  const shown = withoutKnownSecrets(text);
  process.stdout.write(shown.endsWith('\n') ? shown : `${shown}\n`);
}

export function printJson(value: unknown): void {
  printExact(JSON.stringify(value, null, 2));
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
