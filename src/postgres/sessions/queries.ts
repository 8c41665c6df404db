/**
 * How sessions are seen, and how they are ended where Hallpass's own login may do it: on direct targets and their
 * standbys.
 */
import { z } from 'zod';
import type { Connect } from '../../config/config.js';
import { formatMoment, fromMicros, parseMoment, toMicros } from '../../connections/moment.js';
import { SESSION_RIGHTS, type SessionRight } from '../../domain/postgres/predefined-roles.js';
import type { Send, TargetConnection } from '../connect.js';
import { GRANTORS_SINCE } from '../quote.js';
import { GRANTOR, type Mode } from '../reading/fragments.js';
import { readOurs } from '../reading/memberships.js';
import { mayUse } from '../reading/rights.js';
import { readServer } from '../reading/server.js';
import { transactionSince, usersOf } from '../reading/usable.js';
import { readSessionHolders } from '../reading/users.js';
import type { ToEnd } from '../target.js';
import type { SeenSessions, SessionSource } from './sessions.js';

/** Before 16 our login becomes the role that has the right, for this transaction; from 16 on it inherits it. */
const become = (right: SessionRight): string => `
SELECT set_config('role', '${right}', true)
 WHERE current_setting('server_version_num')::int < ${GRANTORS_SINCE}
   AND pg_has_role(session_user, '${right}', 'MEMBER')`;

/** SQL that runs before others' sessions are read: without the right it does nothing. */
export const becomeToSee = (): string => become(SESSION_RIGHTS.see);

const session = z.object({
  pid: z.number(),
  memberOid: z.number(),
  startedAt: z.string().nullable(),
  isOld: z.boolean(),
  isInOldTransaction: z.boolean(),
});
/** Without the right to see them, others' times are null, and count as old. */
const SESSIONS = `
SELECT a.pid, a.usesysid AS "memberOid", ${toMicros('a.backend_start')}::text AS "startedAt",
       coalesce(a.backend_start < before.moment, true) AS "isOld",
       coalesce(${transactionSince('a')} < before.moment, false) AS "isInOldTransaction"
  FROM pg_stat_activity a, (SELECT coalesce(${fromMicros('$2::bigint')}, clock_timestamp()) AS moment) AS before
 WHERE a.usesysid = ANY ($1::oid[]) OR a.usesysid IN (SELECT u.user_oid FROM (${usersOf('$1::oid[]')}) AS u)`;

const rights = z.object({
  now: z.string().transform(formatMoment),
  maySee: z.boolean(),
  mayEnd: z.boolean(),
});

/** We can't end a superuser's session, and the error would keep all the others open. */
const END = `
SELECT pg_terminate_backend(a.pid)
  FROM unnest($1::int[], $2::oid[]) AS s (pid, member_oid)
  JOIN pg_stat_activity a ON a.pid = s.pid AND a.usesysid = s.member_oid
 WHERE NOT EXISTS (SELECT FROM pg_roles u WHERE u.oid = s.member_oid AND u.rolsuper)`;

export function plainSessions(connection: TargetConnection, name: string): SessionSource {
  return {
    connection,
    name,

    look: (...asked) => lookForSessions('direct', become(SESSION_RIGHTS.see), SESSIONS, ...asked),

    async end(send, sessions) {
      const values = [sessions.map(({ pid }) => pid), sessions.map(({ memberOid }) => memberOid)];
      await Promise.all([send(z.unknown(), become(SESSION_RIGHTS.end)), send(z.unknown(), END, values)]);
    },
  };
}

/**
 * Reads what `SessionSource.look` answers.
 * @param prepare SQL that runs before `sessions`.
 * @param sessions SQL that takes logins and a moment, and also answers the sessions of those who can use what these
 *   logins are granted.
 */
export async function lookForSessions(
  mode: Mode,
  prepare: string | null,
  sessions: string,
  send: Send,
  ends: readonly ToEnd[],
  before: string | null,
): Promise<SeenSessions> {
  const logins = [...new Set(ends.flatMap(({ memberOid, users }) => [memberOid, ...users]))];
  const [server, members, holders, [may], , seen] = await Promise.all([
    readServer(send, mode),
    readOurs(send, ends, mode),
    readSessionHolders(send, ends, mode),
    send(
      rights,
      `SELECT ${toMicros('clock_timestamp()')}::text AS now, ${mayUse(GRANTOR[mode], SESSION_RIGHTS.see, mode)} AS "maySee",
              ${mayUse(GRANTOR[mode], SESSION_RIGHTS.end, mode)} AS "mayEnd"`,
    ),
    prepare === null ? null : send(z.unknown(), prepare),
    send(session, sessions, [logins, before === null ? null : parseMoment(before)]),
  ]);
  if (may === undefined) throw new Error('the server did not say who may see and end sessions');
  return { server, ...may, sessions: seen, members, holders };
}

/** As people know a standby. */
export function nameOf({ host, port }: Connect): string {
  return `the standby ${host}:${port}`;
}
