import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Connect } from '../../config/config.js';
import { createTargetConnection, DEFAULT_LIMITS, type TargetConnection } from '../connect.js';
import { standbyError, targetError } from '../errors.js';
import { readServer } from '../reading/server.js';

/** A call revokes thousands in one transaction, milliseconds. */
const CALL_MS = 60_000;
/** How long we wait for sessions that were told to end, and how often we ask the server, milliseconds. */
const PATIENCE_MS = 3_000;
const AGAIN_MS = 50;

const row = z.object({ requestId: z.coerce.number(), state: z.string() });

/** What became of one overdue grant: `failed: …` stays, and the next sweep tries again. */
export type Reaped = z.infer<typeof row>;

const isFailed = ({ state }: Reaped): boolean => state.startsWith('failed');

/**
 * Makes a guarded target revoke everything whose time is up, and end the sessions that could still use it, without
 * any ledger. The first call revokes; the next, which sees that committed, ends what began until then and proves that
 * nothing is left. The login `hallpass_reaper` may do this, too.
 * @throws TargetError
 */
export async function reapTarget(connect: Connect): Promise<readonly Reaped[]> {
  const connection = createTargetConnection(connect, { ...DEFAULT_LIMITS, callMs: CALL_MS });
  const done = new Map<number, string>();
  let failed: readonly Reaped[] = [];
  try {
    const until = performance.now() + PATIENCE_MS;
    for (let more = true; more; ) {
      const reaped = await sweep(connection);
      // What an earlier call could not do, and this one doesn't name, is done.
      for (const { requestId } of failed) if (!done.has(requestId)) done.set(requestId, 'sessions ended');
      failed = reaped.filter(isFailed);
      for (const outcome of reaped) if (!isFailed(outcome)) done.set(outcome.requestId, outcome.state);
      more = reaped.length > failed.length || (failed.length > 0 && performance.now() < until);
      if (more) await sleep(AGAIN_MS);
    }
    const open = new Set(failed.map(({ requestId }) => requestId));
    const ended = [...done].map(([requestId, state]) => ({ requestId, state }));
    return [...ended.filter(({ requestId }) => !open.has(requestId)), ...failed];
  } finally {
    await connection.close();
  }
}

function sweep(connection: TargetConnection): Promise<readonly Reaped[]> {
  return connection.transaction(
    (send) => readServer(send, 'guarded'),
    async ({ inRecovery }, { send, commit }) => {
      if (inRecovery) throw standbyError();
      const reaped = await send(row, 'SELECT request_id AS "requestId", state FROM hallpass.sweep()');
      await commit();
      return reaped;
    },
  );
}

/**
 * The same beside other work: what it can't do, the next call or the reaper tries again.
 * @throws TargetError when the target as a whole fails.
 */
export async function sweepBeside(connection: TargetConnection): Promise<void> {
  await sweep(connection).catch((thrown: unknown) => {
    const error = targetError(thrown, 'call');
    if (error.scope === 'target') throw error;
  });
}
