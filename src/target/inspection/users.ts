/** Who else could use what a login is granted, and the REVOKE that would change it. */
import { z } from 'zod';
import type { PreviewUser } from '../../domain/preview.js';
import type { Send } from '../connect.js';
import { GRANTORS_SINCE, isNamed, nameValues, revokeFromSql } from '../quote.js';
import { gives, usersOf } from '../usable.js';

/** Longer lists are cut, and the rest is counted. */
const MOST = 20;

const userRow = z.object({
  name: z.string(),
  total: z.number(),
  version: z.number(),
  /** The member of the login that it is, or through which it is one. */
  member: z.string(),
  grantor: z.string(),
  /** The grantor that a REVOKE by a superuser is about when it names none. */
  isBootstrap: z.boolean(),
});

const USERS = `
WITH login AS (SELECT l.oid FROM pg_roles l WHERE ${isNamed('l', '$1')}),
users AS MATERIALIZED (
  SELECT u.user_oid AS oid, u.user_name AS name, count(*) OVER ()::int AS total
    FROM (${usersOf('ARRAY(SELECT login.oid FROM login)')}) AS u
   WHERE u.can_login ORDER BY u.user_name LIMIT ${MOST})
SELECT users.name, users.total, current_setting('server_version_num')::int AS version,
       pg_get_userbyid(direct.member)::text AS member, pg_get_userbyid(direct.grantor)::text AS grantor,
       direct.grantor = 10 AS "isBootstrap"
  FROM users CROSS JOIN LATERAL (
    SELECT m.member, m.grantor FROM login JOIN pg_auth_members m ON m.roleid = login.oid
     WHERE ${gives('m')} AND pg_has_role(users.oid, m.member, 'MEMBER')
     ORDER BY m.member <> users.oid, m.member, m.grantor LIMIT 1) direct
 ORDER BY users.name`;

/** Reads who else could use what this login is granted: logins that are its members, directly or through others. */
export async function readPreviewUsers(
  send: Send,
  login: string,
): Promise<{ readonly users: readonly PreviewUser[]; readonly moreUsers: number }> {
  const rows = await send(userRow, USERS, nameValues([login]));
  return {
    users: rows.map(({ name, version, member, grantor, isBootstrap }) => ({
      name,
      through: member === name ? null : member,
      revoke: revokeFromSql(login, member, version >= GRANTORS_SINCE && !isBootstrap ? grantor : null),
    })),
    moreUsers: Math.max(0, (rows[0]?.total ?? 0) - rows.length),
  };
}
