import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type LineCounter,
  type ParsedNode,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import type { Marks, Path, Raw } from './source.js';
import { Text, type Variables } from './text.js';

/** Called with what is wrong: the offset in the file, the path of keys, a sentence. */
export type Complain = (offset: number, path: Path, message: string) => void;

/** Turns the nodes of one parsed document (schema `failsafe`) into Raw values, and remembers where they stand. */
export class Converter {
  readonly marks = new Map<Raw, Marks>();
  readonly #variables: Variables;
  readonly #lines: LineCounter;
  readonly #complain: Complain;
  readonly #anchored = new Map<string, Raw>();

  constructor(variables: Variables, lines: LineCounter, complain: Complain) {
    this.#variables = variables;
    this.#lines = lines;
    this.#complain = complain;
  }

  /** @param offset where the node would stand if it is left out (`key:` with nothing behind it). */
  convert(node: ParsedNode | null, path: Path, offset: number): Raw {
    if (node === null) return this.#text('', false, offset, path);
    if (isAlias(node)) {
      const anchored = this.#anchored.get(node.source);
      if (anchored !== undefined) return anchored;
      this.#complain(node.range[0], path, `there is no anchor &${node.source} above this alias`);
      return this.#text('', false, offset, path);
    }
    if (isMap(node)) return this.#map(node, path);
    if (isSeq(node)) return this.#list(node, path);
    const text = this.#text(String(node.value), node.type !== 'PLAIN', node.range[0], path);
    this.#remember(node.anchor, text);
    return text;
  }

  #text(written: string, quoted: boolean, offset: number, path: Path): Text {
    return new Text(written, quoted, this.#variables, (what) => this.#complain(offset, path, what));
  }

  #remember(anchor: string | undefined, raw: Raw): void {
    if (anchor !== undefined) this.#anchored.set(anchor, raw);
  }

  #list(node: YAMLSeq.Parsed, path: Path): Raw {
    const list: Raw[] = [];
    const marks = new Map<number, { key: number; value: number }>();
    this.marks.set(list, marks);
    this.#remember(node.anchor, list);
    for (const [i, item] of node.items.entries()) {
      const offset = item.range[0];
      marks.set(i, { key: offset, value: offset });
      list.push(this.convert(item, [...path, i], offset));
    }
    return list;
  }

  #map(node: YAMLMap.Parsed, path: Path): Raw {
    const map: Record<string, Raw> = {};
    const marks = new Map<string, { key: number; value: number }>();
    this.marks.set(map, marks);
    this.#remember(node.anchor, map);
    for (const { key, value } of node.items) {
      const offset = key.range[0];
      // A name is a string whatever it looks like: the key `null` or `007` is taken letter by letter.
      const name = isScalar(key) ? String(key.value) : '';
      const first = marks.get(name);
      if (name === '' || name === '__proto__') {
        this.#complain(offset, path, 'holds a key that is no name; a key is plain text, like `shop-prod:`');
      } else if (first !== undefined) {
        const { line } = this.#lines.linePos(first.key);
        this.#complain(offset, [...path, name], `already stands on line ${line}; write it once`);
      } else {
        marks.set(name, { key: offset, value: value?.range[0] ?? offset });
        map[name] = this.convert(value, [...path, name], offset);
      }
    }
    return map;
  }
}
