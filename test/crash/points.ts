/** The crash points of the source: lines where a process that dies leaves something half done. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');

interface Point {
  readonly name: string;
  /** As in `access/sweeping/grant`, below src and below dist. */
  readonly file: string;
  /** The line of code that follows. */
  readonly next: string;
}

/** In the order of the files. @param folder `src`, or `dist`: what `tsc` has made of it */
export function crashPoints(folder: 'src' | 'dist'): readonly Point[] {
  const extension = folder === 'src' ? '.ts' : '.js';
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(extension))
    .toSorted()
    .flatMap((path) => {
      const lines = readFileSync(join(ROOT, folder, path), 'utf8').split('\n');
      return lines.flatMap((line, i) => {
        const name = /^\s*\/\/ crash point: (\S+)$/.exec(line)?.[1];
        if (name === undefined) return [];
        const next = lines.slice(i + 1).find((each) => !/^\s*(\/\/|$)/.test(each)) ?? '';
        return [{ name, file: path.slice(0, -extension.length), next: next.trim() }];
      });
    });
}

/** The points that the tests beside this file name: `point: '…'` in a table, `arm('…')` in a test. */
export function testedPoints(): ReadonlySet<string> {
  const files = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.ts'));
  const sources = files.map((file) => readFileSync(join(import.meta.dirname, file), 'utf8'));
  return new Set(
    sources.flatMap((source) =>
      [...source.matchAll(/(?:point: |arm\()'([\w-]+)'/g)].map(([, name]) => name ?? ''),
    ),
  );
}
