/**
 * One database: which objects it holds, and what of them an identity is given. As the server decides it: PUBLIC, ownership,
 * single columns, USAGE of the schema, and the predefined roles that read or write everything. What everybody has without
 * any role is given by none. Pure.
 */
import type { Wanted } from '../../domain/wanted/wanted.js';
import { createFinder } from './find-objects.js';
import { ALL, bit, has, maskOf, toGrants } from './grants.js';
import { type Group, toGroups } from './groups.js';
import type { Identity } from './identities.js';
import type { ObjectsRow } from './read-objects.js';
import type { DatabaseRow } from './read-roles.js';

const [SELECT, USAGE, CONNECT] = [bit('SELECT'), bit('USAGE'), bit('CONNECT')];
const WRITE = bit('INSERT') | bit('UPDATE') | bit('DELETE') | bit('TRUNCATE');
const WRITTEN_BY_ALL = bit('INSERT') | bit('UPDATE') | bit('DELETE');

export interface Given {
  /** False: only some columns. */
  readonly whole: boolean;
  /** How many columns, when it is not whole. */
  readonly columns: number;
}

/** Numbers of tables, views and the like, each if at least one column is. */
export interface Amount {
  readonly read: number;
  readonly write: number;
  readonly own: number;
}

export function indexDatabase(database: DatabaseRow, databaseOwner: number, rows: readonly ObjectsRow[]) {
  const groups = toGroups(rows);
  const find = createFinder(groups);
  const relations = groups.filter(({ kind }) => kind === 'relation');
  /** Where each role is named, so that none is asked about all the others' tables. */
  const naming = new Map<number, Set<Group>>();
  for (const group of relations) {
    for (const oid of [group.owner, ...group.grants.keys(), ...group.anyColumn.keys()]) {
      const known = naming.get(oid);
      if (known) known.add(group);
      else naming.set(oid, new Set([group]));
    }
  }
  const toConnect = toGrants(database.grants);
  const everybodyConnects = has(toConnect, [], CONNECT);

  const usedBy = ({ used, passing }: Identity): readonly number[] =>
    passing.includes(database.owner) ? [...used, databaseOwner] : used;

  /** Before 16 an owner that is NOINHERIT has to SET ROLE to pg_database_owner. */
  function inHere(identities: readonly Identity[]): readonly Identity[] {
    const owns = ({ used, passing }: Identity) =>
      used.includes(database.owner) && !passing.includes(database.owner);
    const asOwner = {
      used: [databaseOwner],
      passing: [],
      superuser: false,
      readsAll: false,
      writesAll: false,
    };
    return identities.some(owns) ? [...identities, asOwner] : identities;
  }

  /** All that it may do with it, whoever else may, too. */
  function mayDo(group: Group, identity: Identity, used: readonly number[]): number {
    if (identity.superuser) return ALL;
    const isData = group.kind === 'relation' || group.kind === 'sequence';
    const isSchema = group.kind === 'schema';
    return (
      maskOf(group.grants, used) |
      (identity.readsAll ? (isData ? SELECT : isSchema ? USAGE : 0) : 0) |
      (identity.writesAll ? (isData ? WRITTEN_BY_ALL : isSchema ? USAGE : 0) : 0)
    );
  }

  function enters({ schema }: Group, identity: Identity, used: readonly number[]): boolean {
    if (schema === null || identity.superuser || identity.readsAll || identity.writesAll) return true;
    return has(schema.grants, used, USAGE);
  }

  /** Everybody reaches what is in it, and no role is needed for that: not even to connect. */
  function isReached({ schema }: Group, identity: Identity | null): boolean {
    if (schema !== null && !has(schema.grants, [], USAGE)) return false;
    if (everybodyConnects || identity === null) return everybodyConnects;
    return !identity.superuser && (maskOf(toConnect, usedBy(identity)) & CONNECT) === 0;
  }

  /**
   * What it may do, and not everybody may.
   * @param need bits, of which one is enough. @param column the only one that matters; null: any.
   */
  function given(group: Group, identity: Identity, need: number, column: string | null): Given | null {
    const used = usedBy(identity);
    if (!enters(group, identity, used)) return null;
    const isOpen = isReached(group, identity);
    const left = isOpen ? need & ~maskOf(group.grants, []) : need;
    if ((mayDo(group, identity, used) & left) !== 0) return { whole: true, columns: 0 };
    const columns = [...(group.columns ?? [])].filter(([name, grants]) => {
      const ofAll = isOpen ? maskOf(grants, []) : 0;
      return (column === null || name === column) && (maskOf(grants, used) & left & ~ofAll) !== 0;
    });
    return columns.length === 0 ? null : { whole: column !== null, columns: columns.length };
  }

  function owned(group: Group, identity: Identity): Given | null {
    const used = usedBy(identity);
    const owns = identity.superuser || used.includes(group.owner);
    return owns && enters(group, identity, used) ? { whole: true, columns: 0 } : null;
  }

  function amountOf(all: readonly Identity[]): Amount {
    const identities = inHere(all);
    let [read, write, own] = [0, 0, 0];
    const isAll = identities.some(({ superuser, readsAll, writesAll }) => superuser || readsAll || writesAll);
    const named = isAll
      ? relations
      : new Set(
          identities
            .flatMap((identity) => [...usedBy(identity), 0])
            .flatMap((oid) => [...(naming.get(oid) ?? [])]),
        );
    for (const group of named) {
      const n = group.names.length;
      if (identities.some((identity) => given(group, identity, SELECT, null) !== null)) read += n;
      if (identities.some((identity) => given(group, identity, WRITE, null) !== null)) write += n;
      if (identities.some((identity) => owned(group, identity) !== null)) own += n;
    }
    return { read, write, own };
  }

  return {
    name: database.name,
    find,
    given(group: Group, identities: readonly Identity[], { privilege, column }: Wanted): Given | null {
      const need = needed(group.kind, privilege);
      const all = inHere(identities).flatMap((identity) =>
        privilege === 'OWN' ? (owned(group, identity) ?? []) : (given(group, identity, need, column) ?? []),
      );
      return all.find(({ whole }) => whole) ?? all[0] ?? null;
    },
    /** Everybody has it, who can connect, and everybody can. */
    isOpen: (group: Group, { privilege }: Wanted): boolean =>
      privilege !== 'OWN' && isReached(group, null) && has(group.grants, [], needed(group.kind, privilege)),
    amountOf,
    /** The database itself. */
    gives(identities: readonly Identity[], privilege: Wanted['privilege']): boolean {
      if (privilege === 'OWN') {
        return identities.some(({ used, superuser }) => superuser || used.includes(database.owner));
      }
      const need = bit(privilege ?? 'CONNECT');
      if (has(toConnect, [], need)) return false;
      return inHere(identities).some(
        (identity) => identity.superuser || (maskOf(toConnect, usedBy(identity)) & need) !== 0,
      );
    },
  };
}

/** The bits, of which one is enough. */
function needed(kind: ObjectsRow['kind'], privilege: Wanted['privilege']): number {
  if (privilege === 'USAGE' && kind === 'sequence') return USAGE | bit('UPDATE');
  if (privilege !== null) return bit(privilege);
  if (kind === 'sequence') return SELECT | USAGE | bit('UPDATE');
  if (kind === 'relation') return SELECT;
  return kind === 'function' ? bit('EXECUTE') : USAGE;
}
