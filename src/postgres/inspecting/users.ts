/** Who else could use what a login is granted, and the REVOKE that would change it. */
import { z } from 'zod';
import type { PreviewUser } from '../../domain/postgres/preview.js';
import type { Send } from '../connect.js';
import { GRANTORS_SINCE, isNamed, nameValues, revokeFromSql } from '../quote.js';
import { gives, usersOf } from '../reading/usable.js';

/** Longer lists are cut, and the rest is counted. */
const MOST = 20;

const userRow = z.object({
  login: z.string(),
  name: z.string(),
  total: z.number(),
  version: z.number(),
  /** The member of the login: itself, or the one through which it is one. */
  member: z.string(),
  grantor: z.string(),
  /** The grantor that a superuser's REVOKE is about when it names none. */
  isBootstrap: z.boolean(),
});

const USERS = `
WITH login AS MATERIALIZED (
  SELECT l.oid, l.rolname::text AS name FROM unnest($1::text[]) AS w (name) JOIN pg_roles l ON ${isNamed('l', 'w.name')}),
users AS MATERIALIZED (
  SELECT u.member_oid, u.user_oid AS oid, u.user_name AS name,
         count(*) OVER (PARTITION BY u.member_oid)::int AS total,
         row_number() OVER (PARTITION BY u.member_oid ORDER BY u.user_name) AS nth
    FROM (${usersOf('ARRAY(SELECT login.oid FROM login)')}) AS u WHERE u.can_login)
SELECT login.name AS login, users.name, users.total, current_setting('server_version_num')::int AS version,
       pg_get_userbyid(direct.member)::text AS member, pg_get_userbyid(direct.grantor)::text AS grantor,
       direct.grantor = 10 AS "isBootstrap"
  FROM users JOIN login ON login.oid = users.member_oid CROSS JOIN LATERAL (
    SELECT m.member, m.grantor FROM pg_auth_members m
     WHERE m.roleid = login.oid AND ${gives('m')} AND pg_has_role(users.oid, m.member, 'MEMBER')
     ORDER BY m.member <> users.oid, m.member, m.grantor LIMIT 1) direct
 WHERE users.nth <= ${MOST}
 ORDER BY login.name, users.name`;

export interface PreviewUsers {
  readonly users: readonly PreviewUser[];
  /** How many are not listed. */
  readonly moreUsers: number;
}

/**
 * Reads which logins could use what these logins are granted, because they are their members, directly or through
 * others.
 */
export async function readPreviewUsers(
  send: Send,
  logins: readonly string[],
): Promise<ReadonlyMap<string, PreviewUsers>> {
  const rows = await send(userRow, USERS, [nameValues([...new Set(logins)])]);
  const found = new Map<string, { readonly users: PreviewUser[]; readonly total: number }>();
  for (const { login, name, total, version, member, grantor, isBootstrap } of rows) {
    const ofLogin = found.get(login) ?? { users: [], total };
    const by = version >= GRANTORS_SINCE && !isBootstrap ? grantor : null;
    const through = member === name ? null : member;
    ofLogin.users.push({ name, through, revoke: revokeFromSql(login, member, by) });
    found.set(login, ofLogin);
  }
  return new Map(
    [...found].map(([login, { users, total }]) => [login, { users, moreUsers: total - users.length }]),
  );
}
