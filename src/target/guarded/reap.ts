import { z } from 'zod';
import type { Connect } from '../../config/config.js';
import { createTargetConnection, DEFAULT_LIMITS } from '../connect.js';
import { standbyError } from '../errors.js';
import { readServer } from '../facts.js';

/** Everything that is due goes in one transaction, milliseconds. */
const CALL_MS = 60_000;

const row = z.object({ requestId: z.coerce.number(), state: z.string() });

/** What became of one grant whose time was up: `failed: …` stays, and is tried by the next sweep. */
export type Reaped = z.infer<typeof row>;

/**
 * Has a guarded target take back everything whose time is up, without any ledger. Also the login `hallpass_reaper` may.
 * @throws TargetError
 */
export async function reapTarget(connect: Connect): Promise<readonly Reaped[]> {
  const connection = createTargetConnection(connect, { ...DEFAULT_LIMITS, callMs: CALL_MS });
  try {
    return await connection.transaction(
      (send) => readServer(send, 'guarded'),
      async ({ inRecovery }, { send, commit }) => {
        if (inRecovery) throw standbyError();
        const reaped = await send(row, 'SELECT request_id AS "requestId", state FROM hallpass.sweep()');
        await commit();
        return reaped;
      },
    );
  } finally {
    await connection.close();
  }
}
