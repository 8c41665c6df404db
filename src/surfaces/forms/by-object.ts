/** What is said to those who ask by a table, or by the error that they got; in plain text. */
import type { Principal } from '../../domain/policy/policy.js';
import type { ObjectKind, Privilege } from '../../domain/wanted/wanted.js';
import { plainName } from '../kit/text.js';
import { firstOf, plural } from '../kit/words.js';

/** As long as a description in a menu may be, characters. */
const MAX_WORDS = 75;
/** The shortest that a name is cut to. */
const MIN_NAME = 20;
const MAX_NAME = 150;
const MAX_LISTED = 3;

/** An object that a role gives, and all that it gives beside it; numbers of tables. */
export interface SaidGift {
  readonly kind: ObjectKind;
  readonly schema: string | null;
  readonly name: string;
  /** Null: in the database that is configured, or none. */
  readonly database: string | null;
  readonly whole: boolean;
  readonly columns: number;
  readonly read: number;
  readonly write: number;
  readonly own: number;
}

const VERBS: Readonly<Record<Privilege, string>> = {
  SELECT: 'reads',
  INSERT: 'inserts into',
  UPDATE: 'updates',
  DELETE: 'deletes from',
  TRUNCATE: 'truncates',
  REFERENCES: 'may refer to',
  TRIGGER: 'makes triggers on',
  USAGE: 'uses',
  CREATE: 'creates in',
  EXECUTE: 'calls',
  CONNECT: 'connects to',
  TEMPORARY: 'makes temporary tables in',
  OWN: 'owns',
};

const WRITING: ReadonlySet<Privilege> = new Set(['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']);

/** `reads billing.invoices and 41 more`: what follows the role's name. At most 75 characters. */
export function giftWords(gift: SaidGift, privilege: Privilege | null): string {
  const { kind, columns, whole } = gift;
  const verb = verbOf(kind, privilege);
  const part = whole ? '' : `${columns} ${columns === 1 ? 'column' : 'columns'} of `;
  const noun = kind === 'relation' || kind === 'function' ? '' : `${kind} `;
  const start = `${verb} ${part}${noun}`;
  const where = gift.database === null ? '' : ` in ${plainName(gift.database, MIN_NAME)}`;
  const name = fullName(gift);
  const roomFor = (end: string) => MAX_WORDS - start.length - end.length;
  const [more, writes] = beyond(gift, privilege);
  // Which object it is counts for more than what else there is.
  const ends = [`${where}${more}${writes}`, `${where}${more}`, more];
  const end = ends.find((each) => roomFor(each) >= Math.min(name.length, MIN_NAME)) ?? '';
  return `${start}${plainName(name, roomFor(end))}${end}`;
}

function verbOf(kind: ObjectKind, privilege: Privilege | null): string {
  if (kind === 'schema' && privilege !== 'CREATE' && privilege !== 'OWN') return 'opens';
  if (privilege !== null) return VERBS[privilege];
  if (kind === 'relation') return VERBS.SELECT;
  if (kind === 'function') return VERBS.EXECUTE;
  return kind === 'database' ? VERBS.CONNECT : VERBS.USAGE;
}

function fullName({ schema, name }: Pick<SaidGift, 'schema' | 'name'>): string {
  return schema === null ? name : `${schema}.${name}`;
}

/** What it gives beyond the object: as many more of the same; and what else. */
function beyond(
  { kind, read, write, own }: SaidGift,
  privilege: Privilege | null,
): readonly [more: string, writes: string] {
  if (kind !== 'relation') {
    if (write > 0) return ['', `; reads ${read} and writes ${plural(write, 'table')}`];
    return ['', read > 0 ? `; reads ${plural(read, 'table')}` : ''];
  }
  if (privilege === 'OWN') return [own > 1 ? ` and ${own - 1} more` : '', ''];
  if (privilege !== null && WRITING.has(privilege))
    return ['', write > 1 ? `; writes ${write - 1} more` : ''];
  return [read > 1 ? ` and ${read - 1} more` : '', write > 0 ? `; writes ${write}` : ''];
}

/**
 * No role on offer gives it, or is called so. Says nothing of whether it is there.
 * @param names of targets. @param isAll what was read is all there is. @param isName it may have been meant as a role's.
 */
export function nothingGives(
  names: readonly string[],
  operators: readonly Principal[],
  {
    isOperator,
    isAll,
    isName,
  }: { readonly isOperator: boolean; readonly isAll: boolean; readonly isName: boolean },
): string {
  const where = names.length === 0 ? '' : ` on ${quotedList(names)}`;
  const next = isOperator
    ? 'You run Hallpass: offer a role that does, then run hallpass check.'
    : `${quotedList(operators.map(({ name, id }) => name ?? id))} can change that.`;
  return `No role you can request${where} ${isName ? 'is called that or gives it' : 'gives what that needs'}. ${next}${isAll ? '' : ' Not every database there could be read.'}`;
}

function quotedList(names: readonly string[]): string {
  return firstOf(
    names.map((name) => `“${plainName(name, MAX_NAME)}”`),
    MAX_LISTED,
  );
}

/** It needs no role. */
export function openToAll(gift: Pick<SaidGift, 'kind' | 'schema' | 'name'>, targetName: string): string {
  return `You need no role for ${plainName(fullName(gift), MAX_NAME)}: everyone who can connect to “${plainName(targetName, MAX_NAME)}” has it.`;
}

/** The servers have not said yet what their roles give. */
export function objectsUnread(names: readonly string[]): string {
  return `${quotedList(names)} ${names.length === 1 ? 'hasn’t' : 'haven’t'} said yet what roles give there. Try again in a moment.`;
}
