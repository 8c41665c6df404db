import { type Document, isAlias, isMap, isNode, isSeq, type LineCounter } from 'yaml';
import type { Problem } from './problem.js';
import { isBlank, Text } from './text.js';

/** What a file holds: maps, lists, and scalars as they were written. */
export type Raw = Text | readonly Raw[] | RawMap;
export interface RawMap {
  readonly [key: string]: Raw;
}

export type Path = readonly (string | number)[];

export function isRawMap(raw: Raw | undefined): raw is RawMap {
  return raw !== undefined && !(raw instanceof Text) && !Array.isArray(raw);
}

function child(raw: Raw | undefined, step: string | number): Raw | undefined {
  if (isRawMap(raw)) return Object.hasOwn(raw, step) ? raw[step] : undefined;
  return Array.isArray(raw) && typeof step === 'number' ? raw[step] : undefined;
}

/** One configuration file that was read, with the place of each key and value in it. */
export class Source {
  /** The path, as people are told it. */
  readonly file: string;
  readonly root: RawMap;
  readonly #lines: LineCounter;
  readonly #document: Document;

  /** @param document has the nodes that `root` was made of. */
  constructor(file: string, root: RawMap, lines: LineCounter, document: Document) {
    this.file = file;
    this.root = root;
    this.#lines = lines;
    this.#document = document;
  }

  /** What stands at `path`, if anything does. */
  raw(path: Path): Raw | undefined {
    return path.reduce<Raw | undefined>(child, this.root);
  }

  /** The keys of the map at `path`; none when there is no map. */
  keys(path: Path): string[] {
    const raw = this.raw(path);
    return isRawMap(raw) ? Object.keys(raw) : [];
  }

  /** Something stands at `path`, and not just an unquoted `null`. */
  has(path: Path): boolean {
    const raw = this.raw(path);
    return raw !== undefined && !isBlank(raw);
  }

  /** The place of what is at `path`; when it is not in the file, of the nearest key above it that is. */
  at(path: Path, what: 'key' | 'value'): { readonly line: number; readonly column: number } {
    const written = this.written(path);
    let node: unknown = this.#document.contents;
    let offset = 0;
    for (const [i, step] of written.entries()) {
      const entry = this.#entry(node, step);
      if (entry === undefined) break;
      const marked = what === 'value' && i === written.length - 1 ? (entry.value ?? entry.key) : entry.key;
      offset = isNode(marked) ? (marked.range?.[0] ?? offset) : offset;
      node = entry.value;
    }
    const { line, col } = this.#lines.linePos(offset);
    return { line, column: col };
  }

  #entry(
    node: unknown,
    step: string | number,
  ): { readonly key: unknown; readonly value: unknown } | undefined {
    const parent = isAlias(node) ? node.resolve(this.#document) : node;
    if (isMap(parent)) return parent.items.find(({ key }) => String(key) === String(step));
    const item = isSeq(parent) && typeof step === 'number' ? parent.items[step] : undefined;
    return item === undefined ? undefined : { key: item, value: item };
  }

  problem(path: Path, message: string, what: 'key' | 'value' = 'value'): Problem {
    const written = this.written(path);
    return { file: this.file, ...this.at(written, what), key: sayPath(written), message };
  }

  /** `path` without the steps that are not in the file where one thing, or nothing, stands for a list of one, or a scalar for a map. */
  written(path: Path): Path {
    const written: (string | number)[] = [];
    let raw: Raw | undefined = this.root;
    for (const step of path) {
      if (raw instanceof Text) break;
      if (typeof step === 'number' && (raw === undefined || isRawMap(raw))) continue;
      written.push(step);
      raw = child(raw, step);
    }
    return written;
  }
}

/** Keys with spaces or control characters stand in quotes: `targets.shop-prod.roles.orders_read.durations[2]` */
export function sayPath(path: Path): string {
  return path
    .map((step, i) => {
      if (typeof step === 'number') return `[${step}]`;
      const key = /^[\p{L}\p{N}\p{P}\p{S}]+$/u.test(step) ? step : JSON.stringify(step);
      return i === 0 ? key : `.${key}`;
    })
    .join('');
}
