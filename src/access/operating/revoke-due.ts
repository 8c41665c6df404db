/** Revokes what is due on a target from here too, next to any Hallpass that runs. Nothing is granted. */
import { setTimeout as sleep } from 'node:timers/promises';
import { coerceError } from '../../errors.js';
import { releaseLease } from '../../ledger/targets/leases.js';
import { look } from '../../ledger/targets/look.js';
import { readTarget, recordChecked } from '../../ledger/targets/targets.js';
import type { Target } from '../../postgres/target.js';
import type { Anchors } from '../recovery/anchors.js';
import { createBulkRevocations } from '../sweeping/bulk-revocations.js';
import { askedOnce } from '../sweeping/circuit-breaker.js';
import { checkDrift } from '../sweeping/drift.js';
import type { GrantDeps } from '../sweeping/grant.js';
import type { Leases } from '../sweeping/leases.js';
import { REVOCATIONS, sweep } from '../sweeping/sweep.js';

/** The pause when another process is revoking, and the one before a retry; milliseconds. */
const LOOK_AGAIN_MS = 250;
const RETRY_MS = 1_000;
/** Comparing memberships is for the processes that run all the time: not after this long, milliseconds. */
const NEVER_MS = 10 ** 12;

/**
 * Comes back to the target until `isDone`, or until `signal` says so. Errors are retried; whatever blocks a revocation
 * is recorded with its request. Never throws.
 */
export async function revokeUntil(
  deps: GrantDeps,
  by: { readonly anchors: Anchors; readonly leases: Leases },
  name: string,
  target: Target,
  isDone: () => boolean,
  signal: AbortSignal,
): Promise<void> {
  while (!isDone() && !signal.aborted) {
    const again = await revokeOnce(deps, by, name, target).catch((thrown: unknown) => {
      deps.logger.warn({ err: coerceError(thrown), target: name }, 'a revocation broke off');
      return RETRY_MS;
    });
    await sleep(again, undefined, { signal }).catch(() => undefined);
  }
}

/** @returns after how many milliseconds to come again. */
async function revokeOnce(
  deps: GrantDeps,
  { anchors, leases }: { readonly anchors: Anchors; readonly leases: Leases },
  name: string,
  target: Target,
): Promise<number> {
  const { db } = deps;
  const { holder } = leases;
  const seen = await look(db, name, {
    ...{ holder, most: REVOCATIONS, take: true },
    ...{ compareMs: NEVER_MS, takeoverMs: NEVER_MS },
  });
  const { endings, strays } = seen.due;
  if (endings.length + strays.length === 0) {
    if (seen.held) await releaseLease(db, name, holder);
    return LOOK_AGAIN_MS;
  }
  const work = async () => {
    const trusted = askedOnce(await anchors.trusted(name, target, seen.row));
    const bulk = createBulkRevocations();
    const left = await sweep(deps, name, trusted, seen.row.server, bulk, seen.due, REVOCATIONS);
    // After a restart or a failover, nothing is proved until all memberships are compared: no other process may be there
    // to do it.
    const row = left ? await readTarget(db, name) : seen.row;
    if (row.checkedMs === null) {
      await recordChecked(db, name, holder, await checkDrift(deps, name, trusted, row.server !== null));
    }
    return left;
  };
  if (!seen.held && leases.patience(name, seen.dueMs) > 0) return LOOK_AGAIN_MS;
  if (seen.held) leases.served(name);
  const left = seen.held ? await leases.hold(name, work) : await work();
  return left ? RETRY_MS : LOOK_AGAIN_MS;
}
