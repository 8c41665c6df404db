/**
 * Revocations that are late are never silent: as long as one is overdue, the operators' channel shows it and PagerDuty
 * has an incident. Both say what the ledger says, whichever replica finds it, and whichever was killed.
 */
import { type Overdue, readUntold, recordOverdue, recordTold } from '../../ledger/messages/overdue.js';
import { closePage, openPage } from '../../ledger/messages/pages.js';
import { overdue, overdueResolved, overdueSummary } from '../../surfaces/operators/overdue.js';
import type { Deps } from '../deps.js';
import type { Leases } from '../sweeping/leases.js';
import { keepOperatorsTold, namesOf } from './operators.js';
import { sendPages } from './pages.js';

/** A revocation that is not proved so long after it was due is overdue, milliseconds. */
export const OVERDUE_MS = 60_000;
/** While something is overdue, what is told of it is at most this old, milliseconds. */
const RETELL_MS = 5_000;
/** Episodes told of at a time. */
const BATCH = 100;
/** No target is called so: a colon is in no name of the configuration. */
const LEASE = ':overdue';

/**
 * Looks for what is overdue, and tells of it.
 * @returns milliseconds until the next look; null when nothing is out.
 */
export async function watchOverdue(
  deps: Pick<Deps, 'db' | 'config' | 'outbox' | 'background' | 'events' | 'logger' | 'metrics'>,
  leases: Leases,
): Promise<number | null> {
  const { db } = deps;
  // Refused, it is asked for again soon: a process that holds the lease for long isn't doing the work.
  let next: number | null = RETELL_MS;
  await leases.withLease(LEASE, async () => {
    const { grants, nextMs } = await recordOverdue(db, OVERDUE_MS);
    next = grants > 0 ? RETELL_MS : nextMs;
    const untold = await readUntold(db, BATCH);
    for (const episode of untold) await tell(deps, episode);
    if (untold.length === 0) return;
    deps.outbox.kick();
    deps.background('page the operators', sendPages(deps));
  });
  return next;
}

/** A crash in between repeats it, which is an edit at most. */
async function tell(
  deps: Pick<Deps, 'db' | 'config' | 'outbox' | 'logger'>,
  episode: Overdue,
): Promise<void> {
  const { db, logger } = deps;
  // crash point: after-overdue-before-told
  const { id, target, grants, since, trouble, resolvedAt } = episode;
  const facts = { ...episode, ...namesOf(deps.config, target) };
  const message = resolvedAt === null ? overdue(facts) : overdueResolved({ ...facts, resolvedAt });
  const key = `overdue:${id}`;
  await keepOperatorsTold(deps, key, message);
  const page = `overdue/${target}`;
  if (resolvedAt === null) {
    logger.error({ target, overdue: grants, since, trouble }, 'revocations are overdue');
    const details = { target, overdue: grants, since, reason: trouble };
    await openPage(db, { key: page, summary: overdueSummary(facts), details });
  } else {
    logger.info({ target, since }, 'nothing is overdue any more');
    await closePage(db, page);
  }
  await recordTold(db, episode);
}
