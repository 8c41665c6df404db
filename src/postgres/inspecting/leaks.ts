/**
 * How access can outlive the grant: everything by which a member of a role can leave something behind that a REVOKE
 * doesn't undo. Each was tried on every release: done as the member, then the REVOKE, then tried again. Pure.
 * From 16 on, a member that can't SET ROLE does not own the role's new objects, has none of its attributes, and can't
 * change its password: `become` and `becomes` are false then, and those cases are not reported.
 */
import { leadsOn } from './judge.js';
import type { Owned, Reach, ReachedRole } from './reach.js';
import type { InDatabase } from './tables.js';
import { and, count, list } from './words.js';

const OWNED: ReadonlyMap<string, readonly [one: string, many: string]> = new Map([
  ['pg_class', ['table, view or sequence', 'tables, views or sequences']],
  ['pg_namespace', ['schema', 'schemas']],
  ['pg_proc', ['function', 'functions']],
  ['pg_type', ['type', 'types']],
  ['pg_database', ['database', 'databases']],
  ['pg_tablespace', ['tablespace', 'tablespaces']],
  ['pg_largeobject', ['large object', 'large objects']],
]);

/** Sentences without their subject, the role; empty when access ends with the grant. */
export function findLeaks(reach: Reach, databases: readonly InDatabase[]): readonly string[] {
  const { roles } = reach;
  const named = (holds: (role: ReachedRole) => boolean) => roles.filter(holds).map(({ name }) => name);
  const attributes = roles.filter((role) => role.become && lasting(role).length > 0);
  const powers = named(leadsOn);
  const administered = named((role) => role.administered);
  const logins = named((role) => role.become && role.login);
  const creates = reach.databases.filter((database) => database.creates).map(({ name }) => name);
  const grantsOn = reach.databases.filter((database) => database.grantsOn).map(({ name }) => name);
  return [
    ...attributes.map((role) => `has ${and(lasting(role))} as ${role.name}, and what is made by it stays`),
    ...said(powers, (names) => `has all that ${names} has, and with it the means to keep more`),
    ...said(administered, (names) => `holds ADMIN OPTION on ${names}, so can grant it to others for good`),
    ...ownedIn(reach.owned),
    ...databases.flatMap((database) => inDatabase(database, reach)),
    ...said(creates, (names) => `may CREATE schemas in the database ${names}, and they stay`),
    ...said(
      grantsOn,
      (names) => `holds grant options on the database ${names}, and what is granted on stays`,
    ),
    ...said(logins, (names) => `can log in itself as ${names}: after SET ROLE its password can be changed`),
  ];
}

/** BYPASSRLS is left out: it lets a session see more, but leaves nothing behind. */
function lasting({ superuser, createRole, createDb, replication }: ReachedRole): readonly string[] {
  const has = { SUPERUSER: superuser, CREATEROLE: createRole, CREATEDB: createDb, REPLICATION: replication };
  return Object.entries(has).flatMap(([name, holds]) => (holds ? [name] : []));
}

function said(names: readonly string[], say: (names: string) => string): readonly string[] {
  return names.length === 0 ? [] : [say(list(names))];
}

/** In every database, including those that were not looked into. */
function ownedIn(owned: readonly Owned[]): readonly string[] {
  return [...new Set(owned.map(({ database }) => database))].map((database) => {
    const what = owned
      .filter((of) => of.database === database)
      .map(({ kind, count: n }) => {
        const [one, many] = OWNED.get(kind) ?? ['other object', 'other objects'];
        return count(n, one, many);
      });
    const where = database === null ? '' : ` in ${database}`;
    return `owns ${and(what)}${where}: who owns them can change them and grant on them to anybody`;
  });
}

function inDatabase({ name, schemas, powers, grantable }: InDatabase, { roles }: Reach): readonly string[] {
  const sum = (of: 'triggers' | 'grantsOn') => schemas.reduce((total, schema) => total + schema[of], 0);
  const triggers = sum('triggers');
  const tables = sum('grantsOn');
  const becomes = roles.some((role) => role.become);
  const grantsOn = [
    ...(tables > 0 ? [count(tables, 'table')] : []),
    ...(powers.grantsOn.length > 0 ? [count(powers.grantsOn.length, 'schema')] : []),
    ...grantable.map(({ kind, count: n }) => count(n, kind)),
  ];
  const left = becomes
    ? 'what is made there stays, functions that act as the role included'
    : 'what is made there stays';
  return [
    ...(grantsOn.length > 0
      ? [`holds grant options on ${and(grantsOn)} in ${name}, and what is granted on stays`]
      : []),
    ...(triggers > 0
      ? [
          `has TRIGGER on ${count(triggers, 'table')} in ${name}: a trigger acts as anyone who writes there later`,
        ]
      : []),
    ...said(powers.creates, (names) => `may CREATE in ${names} of ${name}: ${left}`),
  ];
}
