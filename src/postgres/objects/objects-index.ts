/** What each role that is offered on a target gives, in the databases that were read. Pure. */
import { type Danger, worse } from '../../domain/postgres/danger.js';
import type { Unread } from '../../domain/postgres/preview.js';
import type { Wanted } from '../../domain/wanted/wanted.js';
import type { Found } from './find-objects.js';
import { createHeld, type Held } from './identities.js';
import { type Amount, indexDatabase } from './in-database.js';
import type { ObjectsRow } from './read-objects.js';
import type { RoleGraph } from './read-roles.js';

/** A role as it is granted. */
export interface OfferedRole {
  readonly role: string;
  /** The login may SET ROLE to it, from 16 on. */
  readonly setRole: boolean;
}

/** An object that a role gives. */
export interface Gift extends Found {
  readonly role: string;
  readonly database: string;
  /** Not in the database that is configured. */
  readonly isElsewhere: boolean;
  /** False: only some columns of it. */
  readonly whole: boolean;
  /** How many, when it is not whole. */
  readonly columns: number;
}

/** All that a role gives. */
export interface Weight extends Amount {
  readonly danger: Danger;
}

export interface ObjectsIndex {
  /**
   * Every object that this may mean and that one of these roles gives, each with each role.
   * @param begins of what begins with the name, the first ones.
   */
  given(wanted: Wanted, roles: readonly OfferedRole[], begins?: boolean): readonly Gift[];
  /** What everybody who has a login has already, of what this may mean; null: nothing. */
  open(wanted: Wanted): Pick<Gift, keyof Found | 'database' | 'isElsewhere'> | null;
  /** In the databases that were read, together. */
  weigh(role: OfferedRole): Weight;
  /** Databases that were not read. */
  readonly unread: readonly Unread[];
}

export interface ReadDatabase {
  readonly name: string;
  readonly rows: readonly ObjectsRow[];
}

/** @param home the configured database. */
export function createObjectsIndex(
  graph: RoleGraph,
  home: string,
  read: readonly ReadDatabase[],
  unread: readonly Unread[],
): ObjectsIndex {
  const held = createHeld(graph);
  const databases = read.flatMap(({ name, rows }) => {
    const row = graph.databases.find((each) => each.name === name);
    return row === undefined ? [] : [indexDatabase(row, graph.databaseOwner, rows)];
  });
  // Whether somebody may connect to a database is known of those that were not read, too.
  const shells = graph.databases
    .filter(({ template }) => !template)
    .map((row) => indexDatabase(row, graph.databaseOwner, []));
  const weights = new Map<string, Weight>();

  function holding(roles: readonly OfferedRole[]) {
    return roles.flatMap(({ role, setRole }) => {
      const holds = held.of(role, setRole);
      return holds === null ? [] : [{ role, ...holds }];
    });
  }

  function givenDatabases(
    wanted: Wanted,
    roles: readonly (Held & { readonly role: string })[],
  ): readonly Gift[] {
    const meant = shells.filter(({ name }) => wanted.names.some((each) => each === name));
    return meant.flatMap((database) =>
      roles.flatMap(({ role, identities }) => {
        if (!database.gives(identities, wanted.privilege)) return [];
        const found = { kind: 'database', schema: null, name: database.name } as const;
        return [{ ...found, role, database: database.name, isElsewhere: false, whole: true, columns: 0 }];
      }),
    );
  }

  return {
    unread,
    given(wanted, offered, begins = false) {
      const roles = holding(offered);
      if (wanted.kind === 'database') return givenDatabases(wanted, roles);
      return meantIn(databases, wanted, begins).flatMap(([database, { found, group }]) =>
        roles.flatMap(({ role, identities }) => {
          const given = database.given(group, identities, wanted);
          if (given === null) return [];
          return [{ ...found, ...given, role, database: database.name, isElsewhere: database.name !== home }];
        }),
      );
    },
    open(wanted) {
      const [open] = meantIn(databases, wanted, false).filter(([database, { group }]) =>
        database.isOpen(group, wanted),
      );
      if (open === undefined) return null;
      const [{ name: database }, { found }] = open;
      return { ...found, database, isElsewhere: database !== home };
    },
    weigh(offered) {
      const key = JSON.stringify([offered.role, offered.setRole]);
      const known = weights.get(key);
      if (known !== undefined) return known;
      const weight = weightOf(held.of(offered.role, offered.setRole), databases);
      weights.set(key, weight);
      return weight;
    },
  };
}

type Databases = readonly ReturnType<typeof indexDatabase>[];

/** In the database that is said, if one is. */
function meantIn(databases: Databases, wanted: Wanted, begins: boolean) {
  return databases
    .filter(({ name }) => wanted.database === null || wanted.database === name)
    .flatMap((database) => database.find(wanted, begins).map((found) => [database, found] as const));
}

function weightOf(held: Held | null, databases: Databases): Weight {
  if (held === null) return { danger: 'none', read: 0, write: 0, own: 0 };
  const amounts = databases.map((database) => database.amountOf(held.identities));
  const sum = (of: keyof Amount) => amounts.reduce((total, amount) => total + amount[of], 0);
  const [read, write, own] = [sum('read'), sum('write'), sum('own')];
  const byObjects: Danger = write + own > 0 ? 'write' : read > 0 ? 'read' : 'none';
  return { danger: worse(held.danger, byObjects), read, write, own };
}
