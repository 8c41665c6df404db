/**
 * One sweep of one target: what the ledger wants done there, done and proved. Idempotent, so a lost alarm, a
 * double click, a second process and a crash at any line are one case: the next sweep finds the difference.
 */
import { sortDue } from '../../domain/request/due.js';
import type { DueStray } from '../../domain/request/stray.js';
import { type Due, type Most, readDue } from '../../ledger/requests/read-due.js';
import type { Target } from '../../postgres/target.js';
import type { BulkRevocations } from './bulk-revocations.js';
import { extendThere } from './extend.js';
import { type GrantDeps, grant } from './grant.js';
import { keepWanted } from './record-strays.js';
import { ofEnding, ofStray } from './revocation.js';
import { type AfterRevoke, recordNeverGranted, revoke } from './revoke.js';
import { failUnapproved } from './unapproved.js';
import { createUnsettled, type Ids, join, size } from './unsettled.js';

/** How much is done at once; revocations take a few REVOKE statements. */
export const MOST: Most = { requests: 500, endings: 2_000 };
/** For callers that only revoke. */
export const REVOCATIONS: Most = { ...MOST, requests: 0 };

/**
 * Does everything that is due on this target now. Revocations go first: the next batch is read while one is revoked,
 * and recording them, which costs the ledger more than the target, waits until nothing more is due, here and on other
 * targets with as much to do.
 * @param expected the system_identifier that the last comparison saw there; null before the first.
 * @param first what is due, if the caller has read it.
 * @param most with REVOCATIONS nothing is granted or extended.
 * @returns true when something is left for a later try: the caller comes back.
 */
export async function sweep(
  deps: GrantDeps,
  name: string,
  target: Target,
  expected: string | null,
  bulk: BulkRevocations,
  first: Due | null = null,
  most: Most = MOST,
): Promise<boolean> {
  const undone: Ids = { requests: [], strays: [] };
  const unsettled = createUnsettled(deps, target, bulk, undone);
  try {
    let due = first ?? (await readDue(deps.db, name, undone, most));
    while (isAny(due) || !unsettled.isEmpty()) {
      unsettled.meet(due);
      const isBulk = due.endings.length === most.endings || due.strays.length === most.endings;
      const isMore = isBulk || (most.requests > 0 && due.requests.length === most.requests);
      const next = isMore ? readDue(deps.db, name, join(undone, unsettled.ids), most) : null;
      // If a step before it fails, nothing awaits it.
      next?.catch(() => undefined);
      if (isBulk) unsettled.beginBulk();

      const revoked = await revokeDue(deps, name, target, due);
      unsettled.add(revoked);
      // Nothing is granted again while sessions of the previous grant are being ended.
      if (due.strays.length > 0) await unsettled.settle();
      try {
        undone.requests.push(...(await extendAndGrant(deps, name, target, expected, due)));
      } catch (thrown) {
        // Whatever else goes wrong, what was revoked is settled: the next try would fail in the same way.
        await unsettled.settle();
        throw thrown;
      }
      if (next === null || unsettled.isFull() || isInVain(revoked)) await unsettled.settleInTurn();
      // What has become due meanwhile is for the caller's next look.
      if (next === null) break;
      due = await next;
    }
    return size(undone) > 0;
  } finally {
    unsettled.endBulk();
  }
}

function isAny({ requests, endings, strays }: Due): boolean {
  return requests.length + endings.length + strays.length > 0;
}

/** Revokes what has ended, and the strays except those that a newer request has been granted since. */
async function revokeDue(
  deps: GrantDeps,
  name: string,
  target: Target,
  { now, endings, strays }: Due,
): Promise<readonly AfterRevoke[]> {
  const ended = sortDue(endings, now);
  await recordNeverGranted(deps, ended.neverGranted);
  const isWanted = ({ wantedBy }: DueStray) => wantedBy !== null;
  await keepWanted(deps, strays.filter(isWanted));
  const unwanted = strays.filter((stray) => !isWanted(stray));
  return revoke(deps, name, target, [...ended.revoke.map(ofEnding), ...unwanted.map(ofStray)]);
}

/** @returns the ids of requests that a later sweep must try again. */
async function extendAndGrant(
  deps: GrantDeps,
  name: string,
  target: Target,
  expected: string | null,
  { now, requests, unapproved }: Due,
): Promise<readonly number[]> {
  const todo = sortDue(requests, now);
  const notExtended = await extendThere(deps, name, target, todo.extend, now);
  await failUnapproved(
    deps,
    requests.filter(({ id }) => unapproved.has(id)),
  );
  const approved = todo.grant.filter(({ id }) => !unapproved.has(id));
  return [...notExtended, ...(await grant(deps, name, target, expected, approved, now))];
}

/** A target that is down revokes nothing: its bulk revocation is not one that others should wait for. */
function isInVain(revoked: readonly AfterRevoke[]): boolean {
  const isVain = ({ gone, done }: AfterRevoke) =>
    gone.length === 0 && !done.some(({ outcome }) => outcome.is === 'gone');
  return revoked.length > 0 && revoked.every(isVain);
}
