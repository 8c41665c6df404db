/**
 * How sessions are seen and ended on a guarded target and its standbys: by the functions, as far as a grant left
 * them.
 */
import { z } from 'zod';
import { fromMicros, toMicros } from '../../connections/moment.js';
import type { TargetConnection } from '../connect.js';
import { lookForSessions } from '../sessions/queries.js';
import type { SessionSource } from '../sessions/sessions.js';

const SESSIONS = `
SELECT s.pid, s.member_oid AS "memberOid", ${toMicros('s.backend_start')}::text AS "startedAt",
       coalesce(s.backend_start < before.moment, true) AS "isOld",
       coalesce(s.xact_start < before.moment, false) AS "isInOldTransaction"
  FROM hallpass.sessions($1::oid[]) s, (SELECT coalesce(${fromMicros('$2::bigint')}, clock_timestamp()) AS moment) AS before`;

const END = `
SELECT FROM hallpass.end_sessions($1::oid[], $2::int[],
  ARRAY(SELECT ${fromMicros('s.began')} FROM unnest($3::bigint[]) WITH ORDINALITY AS s (began, n) ORDER BY s.n))`;

export function guardedSessions(connection: TargetConnection, name: string): SessionSource {
  return {
    connection,
    name,

    look: (...asked) => lookForSessions('guarded', null, SESSIONS, ...asked),

    async end(send, sessions) {
      await send(z.unknown(), END, [
        sessions.map(({ memberOid }) => memberOid),
        sessions.map(({ pid }) => pid),
        sessions.map(({ startedAt }) => startedAt),
      ]);
    },
  };
}
