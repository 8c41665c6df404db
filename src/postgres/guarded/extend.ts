import { z } from 'zod';
import { pairKey } from '../../domain/postgres/memberships.js';
import type { Batch } from '../build.js';
import { readOurs } from '../reading/memberships.js';
import { assertPrimary, readServer } from '../reading/server.js';
import type { Extended, ToExtend } from '../target.js';
import { answerFor, errorOf, failure, throwIfBlocked } from './answer.js';
import { BACKSTOP_MS } from './names.js';

const row = failure.extend({ state: z.enum(['extended', 'failed']) });

const EXTEND = 'SELECT state, code, message FROM hallpass.extend($1::bigint[], $2::bigint[])';

/**
 * Moves the expiry that the server keeps of up to some hundred grants, in three round trips: read, extend and proof,
 * COMMIT. It grants nothing: a membership that somebody has revoked in between stays revoked.
 * @throws TargetError; then nothing of the batch was extended, unless it is `ambiguous`.
 */
export const extendBatch: Batch<ToExtend, Extended> = (connection, server, batch) =>
  connection.transaction(
    (send) => readServer(send, 'guarded'),
    async (seen, { send, commit }) => {
      assertPrimary(seen, server);
      const [rows, ours] = await Promise.all([
        send(row, EXTEND, [
          batch.map(({ requestId }) => requestId),
          batch.map(({ durationMs }) => Math.ceil(durationMs) + BACKSTOP_MS),
        ]),
        readOurs(send, batch, 'guarded'),
      ]);
      throwIfBlocked(rows);
      await commit();
      const there = new Set(ours.map(pairKey));
      return batch.map(({ roleOid, memberOid }, i): Extended => {
        const pair = { roleOid, memberOid };
        const said = answerFor(rows[i]);
        if (said.state === 'failed') return { ...pair, outcome: 'failed', error: errorOf(said) };
        return { ...pair, outcome: there.has(pairKey(pair)) ? 'extended' : 'missing' };
      });
    },
  );
