/**
 * What a statement wanted with an object, when it stands beside the error: which privilege that takes, and in which
 * schema the object is. It reads words, not SQL: a guess, and it only narrows what is offered.
 */
import { readName } from './names.js';
import type { Privilege } from './wanted.js';

/** Words after which an object stands. `from` and `join` read it. */
const VERBS: Readonly<Record<string, Privilege>> = {
  'insert into': 'INSERT',
  'merge into': 'UPDATE',
  'delete from': 'DELETE',
  update: 'UPDATE',
  truncate: 'TRUNCATE',
  references: 'REFERENCES',
  copy: 'SELECT',
  from: 'SELECT',
  join: 'SELECT',
  call: 'EXECUTE',
  nextval: 'USAGE',
  currval: 'USAGE',
  setval: 'UPDATE',
};

const WORD =
  /\b(insert\s{1,9}into|merge\s{1,9}into|delete\s{1,9}from|update|truncate|references|copy|from|join|call|nextval|currval|setval)\b/giu;
/** What may stand between them. */
const BETWEEN = /(?:\s|\(|'|\\|\bonly\b|\btable\b){1,20}/iuy;

export interface Use {
  readonly privilege: Privilege;
  /** Readings of its schema; null: not said. */
  readonly schemas: readonly string[] | null;
}

/** How this text uses the object of one of these names; null: not said. What changes it counts more than what reads it. */
export function useOf(text: string, names: readonly string[]): Use | null {
  let found: Use | null = null;
  let schemas: readonly string[] | null = null;
  for (const verb of text.matchAll(WORD)) {
    const after = verb.index + verb[0].length;
    BETWEEN.lastIndex = after;
    const between = BETWEEN.exec(text)?.[0];
    if (between === undefined) continue;
    const name = readName(text, after + between.length);
    const last = name?.parts.at(-1);
    if (name === null || last?.readings.some((reading) => names.includes(reading)) !== true) continue;
    schemas = name.parts.at(-2)?.readings ?? schemas;
    const words = verb[0].toLowerCase().replace(/\s+/gu, ' ');
    const isCopyFrom =
      words === 'copy' &&
      /^\s{0,9}(?:\([^)]{0,500}\))?\s{0,9}from\b/iu.test(text.slice(name.end, name.end + 600));
    const privilege = isCopyFrom ? 'INSERT' : (VERBS[words] ?? 'SELECT');
    if (found === null || found.privilege === 'SELECT') found = { privilege, schemas };
  }
  return found === null ? null : { ...found, schemas };
}

const CREATES = {
  schema:
    /\bcreate\s{1,9}(?:or\s{1,9}replace\s{1,9})?(?:unlogged\s{1,9})?(?:table|view|materialized|function|procedure|sequence|index|type|domain|aggregate|foreign\s{1,9}table)\b/iu,
  database: /\bcreate\s{1,9}(?:schema|extension|publication)\b/iu,
} as const;

/** Does it make something there? */
export function creates(text: string, kind: keyof typeof CREATES): boolean {
  return CREATES[kind].test(text);
}
