/**
 * The only file by which names reach SQL. Postgres cuts a name at 63 bytes, without an error, wherever it takes one:
 * in a statement, in a cast, in `rolname = $1`. Invariants kept here:
 * - a name is looked up exactly: a longer one "does not exist", and never means another role;
 * - GRANT and REVOKE, which take no parameters, get quoted names only, and only such as the catalog can hold.
 */
import pg from 'pg';
import { MAX_NAME_BYTES } from '../domain/postgres-name.js';

/** From this release on a membership has options, and is told apart by its grantor. */
export const GRANTORS_SINCE = 160_000;

/** Can a role have this name at all? */
export function isRoleName(name: string): boolean {
  const bytes = Buffer.byteLength(name, 'utf8');
  return bytes > 0 && bytes <= MAX_NAME_BYTES && !name.includes('\0');
}

/**
 * The SQL condition that the row `alias` of pg_roles has exactly the name in the text expression `name`: the first
 * half finds it by index, the second refuses what the cast has cut.
 */
export function isNamed(alias: string, name: string): string {
  return `${alias}.rolname = ${name}::text::name AND ${alias}.rolname::text = ${name}::text`;
}

/** Names as the value of a text[] parameter; one that holds NUL finds nothing, instead of failing them all. */
export function nameValues(names: readonly string[]): string[] {
  return names.map((name) => (name.includes('\0') ? '' : name));
}

/** @throws Error when no role can have this name. */
export function quoteName(name: string): string {
  if (!isRoleName(name)) throw new Error(`not a role name: ${JSON.stringify(name)}`);
  return pg.escapeIdentifier(name);
}

/**
 * Grants `role` to `login`. From 16 on: usable without SET ROLE, but not by it unless `setRole`, because what a session
 * has become by SET ROLE outlives the REVOKE; and with our own login as the grantor, or not at all.
 */
export function grantSql(version: number, role: string, login: string, setRole: boolean): string {
  const options = version >= GRANTORS_SINCE ? grantOptions(setRole ? 'TRUE' : 'FALSE') : '';
  return `GRANT ${quoteName(role)} TO ${quoteName(login)}${options}`;
}

/** How a role is granted from 16 on. */
export function grantOptions(set: string): string {
  return ` WITH ADMIN FALSE, INHERIT TRUE, SET ${set} GRANTED BY CURRENT_USER`;
}

/** Takes `role` back from all these logins. Before 16 it takes away whoever's membership: read the grantor first. */
export function revokeSql(version: number, role: string, logins: readonly string[]): string {
  const grantor = version >= GRANTORS_SINCE ? ' GRANTED BY CURRENT_USER' : '';
  return `REVOKE ${quoteName(role)} FROM ${logins.map(quoteName).join(', ')}${grantor}`;
}

/** For people to run: lets `login` grant `role`. From 16 on without using it itself. */
export function grantAdminSql(version: number, role: string, login: string): string {
  const options =
    version >= GRANTORS_SINCE ? 'WITH ADMIN TRUE, INHERIT FALSE, SET FALSE' : 'WITH ADMIN OPTION';
  return `GRANT ${quoteName(role)} TO ${quoteName(login)} ${options};`;
}

/**
 * For people to run: takes `role` away from `member`. From 16 on a REVOKE without a grantor is about the memberships of
 * the one who runs it, and for a superuser about those of the bootstrap superuser: then `grantor` is null.
 */
export function revokeFromSql(role: string, member: string, grantor: string | null): string {
  const by = grantor === null ? '' : ` GRANTED BY ${quoteName(grantor)}`;
  return `REVOKE ${quoteName(role)} FROM ${quoteName(member)}${by};`;
}

/** For people to run: makes a role or a login, or changes its attributes. */
export function roleSql(verb: 'CREATE' | 'ALTER', name: string, attributes: string): string {
  return `${verb} ROLE ${quoteName(name)} ${attributes};`;
}
