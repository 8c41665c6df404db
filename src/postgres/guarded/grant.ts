import { z } from 'zod';
import type { Batch } from '../build.js';
import type { Send } from '../connect.js';
import { refuse } from '../granting.js';
import { oidsOf } from '../reading/fragments.js';
import { readFactsByOid } from '../reading/pairs.js';
import { readServer } from '../reading/server.js';
import { readUsers } from '../reading/users.js';
import type { Granted, Server, ToGrant } from '../target.js';
import { answerFor, errorOf, failure, throwIfBlocked } from './answer.js';
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
export const grantBatch: Batch<ToGrant, Granted> = (connection, server, batch) =>
  connection.transaction(
    (send) => Promise.all([readServer(send, 'guarded'), readFactsByOid(send, batch, 'guarded')]),
    async ([seen, facts], { send, commit }) => {
      const refusals = batch.map((pair, i) => refuse(seen, server, pair, answerFor(facts[i])));
      const fit = batch.filter((_, i) => refusals[i] === null);
      const granted = fit.length === 0 ? [] : await grantFit(send, seen, fit);
      // crash point: inside-guarded-grant-commit
      if (granted.some(({ outcome }) => outcome === 'granted')) await commit();
      const rest = granted.values();
      return refusals.map((refusal) => refusal ?? answerFor(rest.next().value));
    },
  );

/** Grants what nothing that was read is against. */
async function grantFit(send: Send, { grantorOid }: Server, fit: readonly ToGrant[]): Promise<Granted[]> {
  const [roles, members] = oidsOf(fit);
  const [rows, facts, usersOf] = await Promise.all([
    send(grantedRow, GRANT, [
      fit.map(({ requestId }) => requestId),
      roles,
      members,
      fit.map(({ durationMs }) => Math.ceil(durationMs) + BACKSTOP_MS),
      fit.map(({ setRole }) => setRole),
    ]),
    readFactsByOid(send, fit, 'guarded'),
    readUsers(send, members),
  ]);
  throwIfBlocked(rows);
  return fit.map(({ roleOid, memberOid }, i): Granted => {
    const pair = { roleOid, memberOid };
    const row = answerFor(rows[i]);
    if (row.state === 'held') return { ...pair, outcome: 'held', via: row.message ?? '' };
    if (row.state === 'failed') return { ...pair, outcome: 'failed', error: errorOf(row) };
    if (facts[i]?.ours !== true || row.mark === null) {
      const error = errorOf({ code: '40001', message: 'no membership was read back' });
      return { ...pair, outcome: 'failed', error };
    }
    return { ...pair, outcome: 'granted', grantorOid, mark: row.mark, users: usersOf(memberOid) };
  });
}
