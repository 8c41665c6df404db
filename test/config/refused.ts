import { expect, test } from 'vitest';
import { complaints } from './files.js';

/** For each file, by topic, the lines that are said of it, each after "hallpass.yaml:". */
export type WrongFiles = Record<string, Record<string, string[]>>;

const VARIABLES = { PW: 'sesame', EMPTY: '' };

export function eachIsRefused(wrong: WrongFiles): void {
  for (const [what, files] of Object.entries(wrong)) {
    for (const [file, lines] of Object.entries(files)) {
      test(`${what}: ${lines.join(' and ')}`, () => {
        expect(complaints(file, VARIABLES)).toEqual(lines.map((line) => `hallpass.yaml:${line}`));
      });
    }
  }
}
