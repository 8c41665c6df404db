/** Who may import whom: what docs/architecture.md says in its table of folders, and nothing else. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
const table = readFileSync(join(ROOT, 'docs/architecture.md'), 'utf8')
  .split('## Folders')[1]
  ?.split('\n\n')[1];
const rows = (table ?? '').split('\n').map((row) => row.split('|').map((cell) => cell.trim()));
const namesIn = (text: string) =>
  [...text.matchAll(/`(?:src\/)?([a-z-]+)(?:\.ts)?`/g)].map(([, name = '']) => name);

const HELPERS = new Set(namesIn(rows.find(([, folder]) => folder === 'helpers')?.[2] ?? ''));

/** What a folder may import, as a whole and of types; null: anything. */
interface Allowed {
  readonly whole: ReadonlySet<string>;
  readonly types: ReadonlySet<string>;
}

/** By the name of the folder. Whose row says "all" is not in it. */
const allowed = new Map<string, Allowed>(
  rows.flatMap(([, folder = '', , may = '']) => {
    const [whole = '', types = ''] = may.split('; types of');
    if (may === 'all' || !/^`/.test(folder)) return [];
    const names = new Set([...namesIn(whole), ...(whole.includes('helpers') ? HELPERS : [])]);
    return namesIn(folder).map((name) => [name, { whole: names, types: new Set(namesIn(types)) }] as const);
  }),
);

/** `src/access/deps.ts` is of `access`, `src/errors.ts` of `errors`, `bench/world.ts` of `bench`. */
function placeOf(file: string): string {
  const [top = '', name = ''] = file.split('/');
  return top === 'src' ? name.replace(/\.ts$/, '') : top;
}

interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly isType: boolean;
}

function arrowsOf(file: string): Arrow[] {
  const source = readFileSync(join(ROOT, file), 'utf8');
  const found = source.matchAll(
    /^(?:import|export)\s+(type\s)?([^'";]*?)from '(\.[^']+)'|import\('(\.[^']+)'\)/gm,
  );
  return [...found].map(([, type, names = '', path, late]) => {
    const to = relative(ROOT, join(ROOT, dirname(file), path ?? late ?? ''));
    const parts = names
      .replace(/[{}]/g, '')
      .split(',')
      .map((name) => name.trim());
    const onlyTypes = parts.every((name) => name === '' || name.startsWith('type '));
    return { from: file, to, isType: late === undefined && (type !== undefined || onlyTypes) };
  });
}

it('every import is allowed by the table', () => {
  const files = ['src', 'sandbox', 'bench', 'chaos'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)),
  );
  const sources = files.filter((file) => file.endsWith('.ts'));
  expect(sources.length).toBeGreaterThan(400);
  const refused = sources.flatMap(arrowsOf).filter(({ from, to, isType }) => {
    const [own, other] = [placeOf(from), placeOf(to.replace(/\.js$/, '.ts'))];
    const may = allowed.get(own) ?? (HELPERS.has(own) ? { whole: HELPERS, types: HELPERS } : null);
    if (own === other || may === null) return false;
    // Of `src` as a whole: all that stands in it.
    if (to.startsWith('src/') && may.whole.has('src')) return false;
    return !(may.whole.has(other) || (isType && may.types.has(other)));
  });
  expect(refused.map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
});

it('the table names each folder, and only what is there', () => {
  for (const name of ['domain', 'surfaces', 'access', 'ledger', 'postgres', 'slack', 'sandbox', 'chaos']) {
    expect(allowed.has(name), name).toBe(true);
  }
  expect(allowed.get('domain')?.whole.size).toBe(0);
  expect(HELPERS.size).toBe(6);
});
