/** Who else can use what is granted to a login: read at the GRANT, at each comparison, and at the end. */
import { z } from 'zod';
import type { OtherUser } from '../../domain/request/other-users.js';
import type { Send } from '../connect.js';
import type { ToEnd } from '../target.js';
import { forEachMode, type Mode, me, oidsOf, roleBy } from './fragments.js';
import { lastStep, reachOf, rowsOf, sets, usersOf } from './usable.js';

const userRow = z.object({ member_oid: z.number(), user_oid: z.number(), user_name: z.string() });

const USERS = `SELECT * FROM (${usersOf('$1::oid[]')}) AS u ORDER BY u.user_name`;

/** Answers, for a holder's OID, who else could use what it is granted. */
export type UsersOf = (memberOid: number) => readonly OtherUser[];

/** Reads who else can use what these logins are granted. */
export async function readUsers(send: Send, memberOids: readonly number[]): Promise<UsersOf> {
  return byMember(await send(userRow, USERS, [[...new Set(memberOids)]]));
}

const ALL_USERS = forEachMode(
  (mode) => `
WITH ${me(mode)}
SELECT u.* FROM (${usersOf(`(
  SELECT array_agg(DISTINCT o.member) FROM pg_auth_members o WHERE o.grantor = (SELECT me.oid FROM me))`)}) AS u
 ORDER BY u.user_name`,
);

/** Reads who else can use any membership of ours. */
export async function readAllUsers(send: Send, mode: Mode): Promise<UsersOf> {
  return byMember(await send(userRow, ALL_USERS[mode]));
}

function byMember(rows: readonly z.infer<typeof userRow>[]): UsersOf {
  const users = new Map<number, OtherUser[]>();
  for (const { member_oid, user_oid, user_name } of rows) {
    const ofMember = users.get(member_oid);
    const user = { oid: user_oid, name: user_name };
    if (ofMember) ofMember.push(user);
    else users.set(member_oid, [user]);
  }
  return (memberOid) => users.get(memberOid) ?? [];
}

const holderRow = z.object({
  roleOid: z.number(),
  memberOid: z.number(),
  /** The holder itself, or another. */
  oid: z.number(),
  /** null: dropped. */
  name: z.string().nullable(),
  isSuperuser: z.boolean(),
  /** It can use the role in another way, so its sessions are left alone. */
  isSpared: z.boolean(),
  /** Transactions that it prepared for a later COMMIT; for the holder, also those that the role prepared. */
  prepared: z.array(z.string()),
});
/** Someone who could use a role that was granted. */
export type Holder = z.infer<typeof holderRow>;

/**
 * A holder about whom there is nothing to say is left out: thousands of grants may end at the same moment. Another
 * grant of ours in the same role spares the sessions of its holder if it allows as much: they are ended with that
 * grant.
 */
const HOLDERS = forEachMode(
  (mode) => `
WITH RECURSIVE ${me(mode)},
asked AS MATERIALIZED (
  SELECT * FROM unnest($1::oid[], $2::oid[], $3::boolean[]) AS a (role_oid, member_oid, set_role)),
through AS MATERIALIZED (${usersOf('(SELECT array_agg(asked.member_oid) FROM asked)')}),
holder AS MATERIALIZED (
  SELECT a.role_oid, a.member_oid, a.set_role, a.member_oid AS oid FROM asked a
  UNION
  SELECT a.role_oid, a.member_oid, a.set_role, t.user_oid FROM asked a JOIN through t USING (member_oid)
  UNION
  SELECT a.role_oid, a.member_oid, a.set_role, k.oid
    FROM asked a JOIN unnest($4::oid[], $5::oid[], $6::oid[]) AS k (role_oid, member_oid, oid)
   USING (role_oid, member_oid)),
${reachOf('(SELECT array_agg(h.oid) FROM holder h)')},
still AS MATERIALIZED (
  SELECT DISTINCT h.role_oid, h.member_oid, h.oid
    FROM me CROSS JOIN holder h JOIN reach ON reach.login = h.oid
    CROSS JOIN LATERAL (${rowsOf('h.role_oid', 'reach.oid')}) m
   WHERE ${lastStep('reach', 'm')} AND (m.grantor <> me.oid OR NOT h.set_role OR ${sets('m')})),
prepared AS MATERIALIZED (
  SELECT o.oid AS owner, x.gid, x.prepared FROM pg_prepared_xacts x JOIN pg_roles o ON o.rolname = x.owner)
SELECT h.role_oid AS "roleOid", h.member_oid AS "memberOid", h.oid, u.rolname::text AS name,
       coalesce(u.rolsuper, false) AS "isSuperuser", still.oid IS NOT NULL AS "isSpared", left_over.gids AS prepared
  FROM holder h
  LEFT JOIN still USING (role_oid, member_oid, oid)
  LEFT JOIN LATERAL (${roleBy('h.oid')}) u ON true
  CROSS JOIN LATERAL (
    SELECT coalesce(array_agg(p.gid ORDER BY p.prepared), '{}') AS gids FROM prepared p
     WHERE p.owner = h.oid OR (p.owner = h.role_oid AND h.oid = h.member_oid)) left_over
 WHERE h.oid <> h.member_oid OR u.rolsuper OR still.oid IS NOT NULL OR left_over.gids <> '{}'`,
);

/** Reads, for each of these grants, those who could use the role and about whom there is anything to say. */
export function readSessionHolders(send: Send, ends: readonly ToEnd[], mode: Mode): Promise<Holder[]> {
  const known = ends.flatMap(({ roleOid, memberOid, users }) =>
    users.map((oid) => ({ roleOid, memberOid, oid })),
  );
  return send(holderRow, HOLDERS[mode], [
    ...oidsOf(ends),
    ends.map(({ setRole }) => setRole),
    ...oidsOf(known),
    known.map(({ oid }) => oid),
  ]);
}
