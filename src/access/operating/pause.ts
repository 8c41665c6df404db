/**
 * An operator pauses or resumes granting. A sweep reads the pause when it decides what to grant, and again right before the
 * GRANT; clicks, the form and the cards only mention it. Revocations never look at it.
 */
import { type Pause, pauseOn } from '../../domain/request/pause.js';
import type { OperatorsWord } from '../../domain/request/request-events.js';
import { insertPause, liftPause, readPauses } from '../../ledger/targets/pauses.js';
import { grantingPaused, grantingResumed } from '../../surfaces/operators/pause.js';
import type { Deps } from '../deps.js';

type PauseDeps = Pick<Deps, 'db' | 'config'>;

/**
 * @param target null: every target.
 * @returns the pause that stands there; `isNew` is false when an earlier one stands.
 */
export async function pauseGranting(
  { db, config }: PauseDeps,
  target: string | null,
  { by, because }: OperatorsWord,
): Promise<{ readonly isNew: boolean; readonly pause: Pause | null }> {
  const isNew = await insertPause(db, {
    ...{ target, by, because },
    audit: { kind: 'paused', data: { target, by, because } },
    channel: config.slack.operatorsChannel,
    message: grantingPaused({ target, by, because }),
  });
  const pauses = await readPauses(db);
  return { isNew, pause: pauses.find((pause) => pause.target === target) ?? null };
}

/**
 * @param target null lifts the pause of every target; those of single targets stay.
 * @returns `left`: the pauses that still apply there.
 */
export async function resumeGranting(
  { db, config }: PauseDeps,
  target: string | null,
  { by, because }: { readonly by: string; readonly because: string | null },
): Promise<{ readonly wasPaused: boolean; readonly left: readonly Pause[] }> {
  const wasPaused = await liftPause(db, {
    target,
    audit: { kind: 'resumed', data: { target, by, because } },
    channel: config.slack.operatorsChannel,
    message: grantingResumed({ target, by, because }),
  });
  const pauses = await readPauses(db);
  if (target === null) return { wasPaused, left: pauses };
  const still = pauseOn(pauses, target);
  return { wasPaused, left: still === null ? [] : [still] };
}
