/** How sessions are seen and ended on a guarded target and its standbys: by the functions, as far as a loan left them. */
import { z } from 'zod';
import type { TargetConnection } from '../connect.js';
import { readFactsByOid, readServer } from '../facts.js';
import { readPrepared } from '../session-queries.js';
import type { SessionSource } from '../sessions.js';
import { OWNER } from './names.js';

const rights = z.object({ now: z.string(), may_see: z.boolean(), may_end: z.boolean() });

const RIGHTS = `
SELECT clock_timestamp()::text AS now,
       pg_has_role('${OWNER}', 'pg_read_all_stats', 'USAGE') AS may_see,
       pg_has_role('${OWNER}', 'pg_signal_backend', 'USAGE') AS may_end`;

const session = z.object({
  pid: z.number(),
  memberOid: z.number(),
  startedAt: z.string().nullable(),
  isOld: z.boolean(),
  isInOldTransaction: z.boolean(),
});

const SESSIONS = `
SELECT s.pid, s.member_oid AS "memberOid", s.backend_start::text AS "startedAt",
       coalesce(s.backend_start < before.moment, true) AS "isOld",
       coalesce(s.xact_start < before.moment, false) AS "isInOldTransaction"
  FROM hallpass.sessions($1::oid[]) s, (SELECT coalesce($2::timestamptz, clock_timestamp()) AS moment) AS before`;

const END = 'SELECT FROM hallpass.end_sessions($1::oid[], $2::int[], $3::timestamptz[])';

export function guardedSessions(connection: TargetConnection, name: string): SessionSource {
  return {
    connection,
    name,

    async look(send, pairs, before) {
      const members = [...new Set(pairs.map(({ memberOid }) => memberOid))];
      const [server, facts, prepared, [may], sessions] = await Promise.all([
        readServer(send, 'guarded'),
        readFactsByOid(send, pairs, 'guarded'),
        readPrepared(send, pairs),
        send(rights, RIGHTS),
        send(session, SESSIONS, [members, before]),
      ]);
      if (may === undefined) throw new Error('the server did not say what the owner may do');
      return {
        server,
        now: may.now,
        maySee: may.may_see,
        mayEnd: may.may_end,
        sessions,
        members: facts.flatMap(({ ours }, i) => (ours ? (pairs[i] ?? []) : [])),
        prepared,
      };
    },

    async end(send, sessions) {
      await send(z.unknown(), END, [
        sessions.map(({ memberOid }) => memberOid),
        sessions.map(({ pid }) => pid),
        sessions.map(({ startedAt }) => startedAt),
      ]);
    },
  };
}
