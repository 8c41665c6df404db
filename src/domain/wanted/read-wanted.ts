/**
 * Which object a text asks for: a name that somebody typed, or an error with whatever they pasted around it (psql, JDBC,
 * Rails, Django, pgx, node-postgres, a server's log). Pure, and takes time in proportion to the text.
 */
import { type FoundName, readName, restOfLine } from './names.js';
import { OPENED, OPENINGS, type Opening, TYPED_KINDS } from './phrases.js';
import { creates, useOf } from './statement.js';
import type { ObjectKind, Privilege, Wanted } from './wanted.js';

/** As long as a message in Slack can be, characters; what comes after isn't read. */
const MAX_TEXT = 40_000;
/** The longest name that is typed: three parts, quoted. */
const MAX_TYPED = 400;

/** Null: it asks for no object. */
export function readWanted(text: string): Wanted | null {
  const read = text.slice(0, MAX_TEXT).normalize('NFC').replaceAll('’', "'");
  return readError(read) ?? readTyped(read.trim());
}

/** The first error in it that names an object: what follows is its consequence. */
function readError(text: string): Wanted | null {
  for (const found of text.matchAll(OPENINGS)) {
    const name = Object.entries(found.groups ?? {}).find(([, said]) => said !== undefined)?.[0] ?? '';
    const opening = OPENED[name];
    if (opening === undefined) continue;
    const wanted = readDenied(text, found.index + found[0].length, opening);
    if (wanted !== null) return wanted;
  }
  return null;
}

/** The kind of object that is named here, and where its name begins. */
function readKind(text: string, at: number, { kinds }: Opening) {
  const near = text.slice(at, at + 80);
  const spaces = near.length - near.trimStart().length;
  const lower = near.trimStart().toLowerCase();
  for (const [phrase, kind] of kinds) {
    if (!lower.startsWith(phrase) || !/^\s/u.test(lower.slice(phrase.length))) continue;
    const rest = near.slice(spaces + phrase.length);
    return { kind, at: at + spaces + phrase.length + (rest.length - rest.trimStart().length) };
  }
  return null;
}

function readDenied(text: string, at: number, opening: Opening): Wanted | null {
  const kind = readKind(text, at, opening);
  if (kind === null) return null;
  if (kind.kind === 'column') return readColumn(text, kind.at);
  if (kind.kind === 'large object') {
    const number = /^["»«]?\s?(\d{1,10})/u.exec(text.slice(kind.at, kind.at + 20))?.[1];
    return number === undefined
      ? null
      : wantedOf(text, { kind: kind.kind, names: [number], privilege: opening.privilege });
  }
  const named = nameAt(text, kind.at);
  return named === null ? null : wantedOf(text, { kind: kind.kind, ...named, privilege: opening.privilege });
}

type Named = Pick<Wanted, 'names'> & Partial<Pick<Wanted, 'schemas' | 'database' | 'column' | 'args'>>;

/** Names in messages carry no quotes: the rest of the line is the name, unless it is more than that. */
function nameAt(text: string, at: number): Named | null {
  const found = readName(text, at);
  const rest = restOfLine(text, at);
  if (found === null) return rest === null ? null : { names: [rest] };
  const named = partsOf(found);
  const isQuoted = !/[\p{L}_]/u.test(text[at] ?? '');
  const args = argsAt(text, found.end);
  if (isQuoted || rest === null || args !== null) return { ...named, args };
  // In a message nothing was folded.
  const raw = text.slice(at, found.end);
  const parts = found.parts.length === 1 ? [raw, ...named.names] : named.names;
  const [first = raw, ...others] = [
    ...new Set(
      rest.length > raw.length && !/^[.,;:)]*$/u.test(rest.slice(raw.length)) ? [rest, ...parts] : parts,
    ),
  ];
  return { ...named, names: [first, ...others] };
}

function partsOf({ parts }: FoundName): Named {
  const [one, two, three] = parts;
  if (three !== undefined && two !== undefined) {
    return { names: three.readings, schemas: two.readings, database: one.readings[0] };
  }
  return two === undefined ? { names: one.readings } : { names: two.readings, schemas: one.readings };
}

function argsAt(text: string, at: number): string | null {
  return /^\(([^()\n]{0,500})\)/u.exec(text.slice(at, at + 510))?.[1]?.trim() ?? null;
}

/** `column "cents" of relation "invoices"`; older releases name the column alone, which is no object to look for. */
function readColumn(text: string, at: number): Wanted | null {
  const column = readName(text, at);
  if (column === null) return null;
  const after = /^\\?["»«]?\s{1,3}(?:of relation|von relation|de la relation)\s{1,3}/iu.exec(
    text.slice(column.end, column.end + 40),
  );
  if (after === null) return null;
  const relation = nameAt(text, column.end + after[0].length);
  const name = column.parts.at(-1)?.readings[0] ?? null;
  return relation === null
    ? null
    : wantedOf(text, { kind: 'relation', ...relation, column: name, privilege: null });
}

function wantedOf(
  text: string,
  named: Named & { readonly kind: ObjectKind; readonly privilege: Privilege | null },
): Wanted {
  const { kind, names, privilege } = named;
  const has = kind === 'relation' || kind === 'sequence' || kind === 'function';
  const use = has ? useOf(text, names) : null;
  return {
    asked: 'error',
    kind,
    names,
    schemas: named.schemas ?? use?.schemas ?? null,
    database: named.database ?? null,
    column: named.column ?? null,
    args: named.args ?? null,
    privilege: privilege ?? use?.privilege ?? privilegeOf(text, kind),
  };
}

function privilegeOf(text: string, kind: ObjectKind): Privilege | null {
  if (kind !== 'schema' && kind !== 'database') return null;
  return creates(text, kind) ? 'CREATE' : null;
}

/** The whole text is a name, after a word for its kind or alone. */
function readTyped(typed: string): Wanted | null {
  if (typed.length > MAX_TYPED) return null;
  const text = typed.replace(/^`{1,3}|`{1,3}$/gu, '');
  const kind = readKind(text, 0, TYPED_KINDS);
  const found = readName(text, kind?.at ?? 0);
  if (found === null || kind?.kind === 'column') return null;
  const args = argsAt(text, found.end);
  const rest = text.slice(found.end).replace(args === null ? '' : /^\([^()\n]{0,500}\)/u, '');
  if (!/^\\?[\s;]*$/u.test(rest)) return null;
  const { names, schemas = null, database = null } = partsOf(found);
  const isFunction = args !== null && kind === null ? 'function' : null;
  return {
    asked: 'name',
    kind: kind?.kind ?? isFunction,
    names,
    schemas,
    database,
    column: null,
    args,
    privilege: null,
  };
}
