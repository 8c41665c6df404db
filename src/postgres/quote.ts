/**
 * The only file by which names reach SQL. Postgres cuts a name at 63 bytes, without an error, wherever it takes one:
 * in a statement, in a cast, in `rolname = $1`. Invariants kept here:
 * - a name is looked up exactly: a longer one "does not exist", and never means another role;
 * - GRANT and REVOKE, which take no parameters, get quoted names only, and only ones that the catalog can hold.
 */
import pg from 'pg';
import { MAX_NAME_BYTES } from '../domain/postgres/postgres-name.js';

/** From this release on, a membership has options, and several by different grantors can stand side by side. */
export const GRANTORS_SINCE = 160_000;

/** Can a role have this name at all? */
export function isRoleName(name: string): boolean {
  const bytes = Buffer.byteLength(name, 'utf8');
  return bytes > 0 && bytes <= MAX_NAME_BYTES && !name.includes('\0');
}

/**
 * The SQL condition that the row `alias` of pg_roles has exactly the name in the text expression `name`: the first
 * half finds it by index, the second rejects what the cast has cut.
 */
export function isNamed(alias: string, name: string): string {
  return `${alias}.rolname = ${name}::text::name AND ${alias}.rolname::text = ${name}::text`;
}

/** Names as the value of a text[] parameter. One that holds NUL finds nothing, or it would fail them all. */
export function nameValues(names: readonly string[]): string[] {
  return names.map((name) => (name.includes('\0') ? '' : name));
}

/** @throws Error when no role can have this name. */
export function quoteName(name: string): string {
  if (!isRoleName(name)) throw new Error(`not a role name: ${JSON.stringify(name)}`);
  return pg.escapeIdentifier(name);
}

/**
 * Grants `role` to `login`. From 16 on it works without SET ROLE, which is allowed only with `setRole`: what a
 * session has become by SET ROLE outlives the REVOKE. And our own login is the grantor, or nothing is granted.
 */
export function grantSql(version: number, role: string, login: string, setRole: boolean): string {
  const options = version >= GRANTORS_SINCE ? grantOptions(setRole ? 'TRUE' : 'FALSE') : '';
  return `GRANT ${quoteName(role)} TO ${quoteName(login)}${options}`;
}

/** How a role is granted from 16 on. */
export function grantOptions(set: string): string {
  return ` WITH ADMIN FALSE, INHERIT TRUE, SET ${set} GRANTED BY CURRENT_USER`;
}

/** Revokes `role` from all these logins. Before 16 it revokes anybody's membership, so read the grantor first. */
export function revokeSql(version: number, role: string, logins: readonly string[]): string {
  const grantor = version >= GRANTORS_SINCE ? ' GRANTED BY CURRENT_USER' : '';
  return `REVOKE ${quoteName(role)} FROM ${logins.map(quoteName).join(', ')}${grantor}`;
}

/** For people to run: lets `login` grant `role`, from 16 on without using it itself. */
export function grantAdminSql(version: number, role: string, login: string): string {
  const options =
    version >= GRANTORS_SINCE ? 'WITH ADMIN TRUE, INHERIT FALSE, SET FALSE' : 'WITH ADMIN OPTION';
  return `GRANT ${quoteName(role)} TO ${quoteName(login)} ${options};`;
}

/**
 * For people to run: revokes `role` from `member`. From 16 on, a REVOKE without a grantor concerns the memberships
 * granted by the person who runs it, and for a superuser those by the bootstrap superuser: then `grantor` is null.
 */
export function revokeFromSql(role: string, member: string, grantor: string | null): string {
  const by = grantor === null ? '' : ` GRANTED BY ${quoteName(grantor)}`;
  return `REVOKE ${quoteName(role)} FROM ${quoteName(member)}${by};`;
}

/** For people to run: makes a role or a login, or changes its attributes. */
export function roleSql(verb: 'CREATE' | 'ALTER', name: string, attributes: string): string {
  return `${verb} ROLE ${quoteName(name)} ${attributes};`;
}
