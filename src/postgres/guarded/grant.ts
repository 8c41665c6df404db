import { z } from 'zod';
import type { Send, TargetConnection } from '../connect.js';
import { otherServerError, TargetError } from '../errors.js';
import { readFactsByOid } from '../reading/pairs.js';
import { describeProblems } from '../reading/problems.js';
import { readServer } from '../reading/server.js';
import { readUsers } from '../reading/users.js';
import type { Granted, PairFacts, Server, ToGrant } from '../target.js';
import { errorOf, failure, throwIfBlocked } from './answer.js';
import { BACKSTOP_MS } from './names.js';

const grantedRow = failure.extend({
  state: z.enum(['granted', 'held', 'failed']),
  mark: z.string().nullable(),
});

const GRANT = `
SELECT state, mark, code, message
  FROM hallpass.grant($1::bigint[], $2::oid[], $3::oid[], $4::bigint[], $5::boolean[])`;

/**
 * Grants one role to up to some hundred logins, in three round trips: read, grant and proof, COMMIT. The request ids are
 * kept in the same transaction as the memberships.
 * @throws TargetError; then nothing of the batch was granted, unless it is `ambiguous`.
 */
export function grantBatch(
  connection: TargetConnection,
  server: string,
  batch: readonly ToGrant[],
): Promise<readonly Granted[]> {
  return connection.transaction(
    (send) => Promise.all([readServer(send, 'guarded'), readFactsByOid(send, batch, 'guarded')]),
    async ([seen, facts], { send, commit }) => {
      if (seen.id !== server) throw otherServerError(server, seen.id);
      const answers = batch.map((wish, i) => refuse(seen, wish, facts[i]));
      const fit = batch.filter((_, i) => answers[i] === null);
      const granted = fit.length === 0 ? [] : await grantFit(send, seen, fit);
      // crash point: inside-guarded-grant-commit
      if (granted.some(({ outcome }) => outcome === 'granted')) await commit();
      const rest = granted.values();
      return answers.map((answer) => answer ?? next(rest));
    },
  );
}

/** What need not be asked of the functions, or null. */
function refuse(seen: Server, wish: ToGrant, facts: PairFacts | undefined): Granted | null {
  const { roleOid, memberOid } = wish;
  if (facts === undefined) throw new Error('the catalog did not answer for the pair');
  const [problem] = describeProblems(seen, facts);
  if (problem !== undefined) {
    const error = new TargetError({ kind: 'unfit', scope: 'pair', passing: false, ...problem });
    return { roleOid, memberOid, outcome: 'failed', error };
  }
  if (facts.held === null || facts.ours) return null;
  return { roleOid, memberOid, outcome: 'held', via: facts.held.via };
}

async function grantFit(send: Send, { grantorOid }: Server, fit: readonly ToGrant[]): Promise<Granted[]> {
  const [rows, facts, usersOf] = await Promise.all([
    send(grantedRow, GRANT, [
      fit.map(({ requestId }) => requestId),
      fit.map(({ roleOid }) => roleOid),
      fit.map(({ memberOid }) => memberOid),
      fit.map(({ durationMs }) => Math.ceil(durationMs) + BACKSTOP_MS),
      fit.map(({ setRole }) => setRole),
    ]),
    readFactsByOid(send, fit, 'guarded'),
    readUsers(
      send,
      fit.map(({ memberOid }) => memberOid),
    ),
  ]);
  throwIfBlocked(rows.map((row) => (row.state === 'failed' ? errorOf(row) : null)));
  return fit.map(({ roleOid, memberOid }, i): Granted => {
    const pair = { roleOid, memberOid };
    const row = rows[i];
    if (row === undefined) throw new Error('the server did not answer for every pair');
    if (row.state === 'held') return { ...pair, outcome: 'held', via: row.message ?? '' };
    if (row.state === 'failed') return { ...pair, outcome: 'failed', error: errorOf(row) };
    if (facts[i]?.ours !== true || row.mark === null) {
      return {
        ...pair,
        outcome: 'failed',
        error: errorOf({ code: '40001', message: 'no membership was read back' }),
      };
    }
    return { ...pair, outcome: 'granted', grantorOid, mark: row.mark, users: usersOf(memberOid) };
  });
}

function next<T>(items: Iterator<T>): T {
  const { done, value } = items.next();
  if (done === true) throw new Error('the server did not answer for every pair');
  return value;
}
