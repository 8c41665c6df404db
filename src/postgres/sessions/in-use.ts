/**
 * Who uses what is granted: sessions of logins that hold a role, and of those that could use it through them, for all
 * grants of a server in one question. Whose session it is, every login may read; since when it is in a transaction takes a
 * right.
 */
import { z } from 'zod';
import type { Send } from '../connect.js';
import { readServer } from '../reading/server.js';
import { usersOf } from '../reading/usable.js';
import { becomeToSee } from './queries.js';

/** A login that holds a role. */
export interface HoldingLogin {
  readonly memberOid: number;
  /** OIDs of others that could use it through the login at some time; those that can now are read on the server. */
  readonly users: readonly number[];
}

/** Sessions that are open and could use what a login was granted. */
export interface OpenSessions {
  readonly sessions: number;
  /** As far as Hallpass may see it. */
  readonly inTransaction: number;
  /** How long the oldest of these transactions has been open, milliseconds; null when none is. */
  readonly oldestMs: number | null;
}

const row = z.object({
  memberOid: z.number(),
  sessions: z.number(),
  inTransaction: z.number(),
  oldestMs: z.number().nullable(),
});

const SESSIONS = `
WITH holder AS MATERIALIZED (
  SELECT h.oid AS holder, h.oid AS login FROM unnest($1::oid[]) AS h (oid)
  UNION
  SELECT u.member_oid, u.user_oid FROM (${usersOf('$1::oid[]')}) AS u
  UNION
  SELECT k.holder, k.login FROM unnest($2::oid[], $3::oid[]) AS k (holder, login))
SELECT holder.holder AS "memberOid", count(*)::int AS sessions,
       count(*) FILTER (WHERE a.xact_start IS NOT NULL)::int AS "inTransaction",
       (extract(epoch FROM clock_timestamp() - min(a.xact_start)) * 1000)::float8 AS "oldestMs"
  FROM pg_stat_activity a JOIN holder ON holder.login = a.usesysid
 WHERE a.pid <> pg_backend_pid() AND a.backend_type IS DISTINCT FROM 'parallel worker'
 GROUP BY holder.holder`;

/** Our own session must be there, with our own login: a server that hides whose sessions there are shows nothing. */
const VISIBLE = `
SELECT EXISTS (SELECT FROM pg_stat_activity a JOIN pg_roles r ON r.oid = a.usesysid
                WHERE a.pid = pg_backend_pid() AND r.rolname = session_user) AS "isVisible"`;

/** What one server shows. `open`: by the OID of the login that holds the role; none for a login without a session. */
export interface SeenInUse {
  readonly server: string;
  readonly inRecovery: boolean;
  readonly isVisible: boolean;
  readonly open: ReadonlyMap<number, OpenSessions>;
}

export async function readInUse(send: Send, logins: readonly HoldingLogin[]): Promise<SeenInUse> {
  const known = logins.flatMap(({ memberOid, users }) => users.map((oid) => [memberOid, oid] as const));
  const [{ id, inRecovery }, , [visible], open] = await Promise.all([
    readServer(send),
    send(z.unknown(), becomeToSee()),
    send(z.object({ isVisible: z.boolean() }), VISIBLE),
    send(row, SESSIONS, [
      logins.map(({ memberOid }) => memberOid),
      known.map(([holder]) => holder),
      known.map(([, login]) => login),
    ]),
  ]);
  return {
    server: id,
    inRecovery,
    isVisible: visible?.isVisible === true,
    open: new Map(open.map(({ memberOid, ...sessions }) => [memberOid, sessions])),
  };
}
