/**
 * One sweep of one target: what the ledger wants done there, done and proved. Idempotent, so a lost alarm, a
 * double click, a second process and a crash at any line are one case: the next sweep finds the difference.
 */
import { sortDue } from '../../domain/due.js';
import type { DueStray } from '../../domain/stray.js';
import { type Due, type Most, readDue } from '../../ledger/read-due.js';
import type { Target } from '../../postgres/target.js';
import type { Deps } from '../deps.js';
import type { Herds } from './bulk.js';
import { extendThere } from './extend.js';
import { grant } from './grant.js';
import { endingRequest, type Left, leavingStray } from './leaving.js';
import { type AfterRevoke, recordNeverGranted, revoke, settle } from './revoke.js';
import { keepWanted } from './strays.js';
import { failUnapproved } from './unapproved.js';

/** What is done at once; of what is taken away, some REVOKE statements' worth. */
export const MOST: Most = { requests: 500, endings: 2_000 };
/** For who only takes away. */
export const REVOCATIONS: Most = { ...MOST, requests: 0 };
/** What was revoked is settled before more is, after this many or after this long, milliseconds. */
const MOST_UNSETTLED = 10_000;
const SETTLE_AFTER_MS = 5_000;

type SweepDeps = Pick<Deps, 'db' | 'outbox' | 'sweeps' | 'config' | 'roles' | 'clearAgain' | 'logger'>;

/**
 * Does everything that is due on this target now. Taking memberships away goes first: the next ones are read while one
 * batch is revoked, and what costs the ledger more than the target, the record of it, comes when nothing is due any
 * more, here and where other targets have as much to do.
 * @param expected the system_identifier that the last comparison saw there; null before the first.
 * @param first what is due, as the caller has read it.
 * @param most with REVOCATIONS nothing is granted or extended.
 * @returns true when something is left that a later try may do: the caller comes back.
 */
export async function sweep(
  deps: SweepDeps,
  name: string,
  target: Target,
  expected: string | null,
  herds: Herds,
  first: Due | null = null,
  most: Most = MOST,
): Promise<boolean> {
  const undone: Met = { requests: [], strays: [] };
  const revoked: AfterRevoke[] = [];
  const unsettled: Met = { requests: [], strays: [] };
  let settledAt = performance.now();
  let next: Promise<Due> | null = first && Promise.resolve(first);
  let herdIsOver: (() => void) | null = null;
  const settleAll = async () => {
    for (const left of await settle(deps, target, revoked.splice(0))) {
      const { of } = left.leaving;
      if (isGone(left)) continue;
      if ('request' in of) undone.requests.push(of.request.id);
      else undone.strays.push(of.stray.id);
    }
  };
  try {
    for (;;) {
      const due: Due = await (next ?? readDue(deps.db, name, undone, most));
      const { now, requests, endings, strays } = due;
      if (requests.length + endings.length + strays.length === 0 && size(unsettled) === 0) {
        return size(undone) > 0;
      }
      if (size(unsettled) === 0) settledAt = performance.now();
      unsettled.requests.push(...[...requests, ...endings].map(({ id }) => id));
      unsettled.strays.push(...strays.map(({ id }) => id));
      const isHerd = endings.length === most.endings || strays.length === most.endings;
      const isMore = (most.requests > 0 && requests.length === most.requests) || isHerd;
      next = isMore ? readDue(deps.db, name, join(undone, unsettled), most) : null;
      // Should what comes before it fail, nobody waits for it.
      next?.catch(() => undefined);
      if (isHerd) herdIsOver ??= herds.begin();

      const todo = sortDue(requests, now);
      const ended = sortDue(endings, now);
      await recordNeverGranted(deps, ended.neverGranted);
      const last = await revoke(deps, name, target, [
        ...ended.revoke.map(endingRequest).filter((leaving) => leaving !== null),
        ...(await unwanted(deps, strays)).map(leavingStray),
      ]);
      revoked.push(...last);
      // Nothing is granted again while sessions of the last time are being ended.
      if (strays.length > 0) await settleAll();
      try {
        undone.requests.push(...(await extendThere(deps, name, target, todo.extend, now)));
        await failUnapproved(
          deps,
          requests.filter(({ id }) => due.unapproved.has(id)),
        );
        const approved = todo.grant.filter(({ id }) => !due.unapproved.has(id));
        undone.requests.push(...(await grant(deps, name, target, expected, approved, now)));
      } catch (thrown) {
        // What was revoked is settled whatever else goes wrong: it would be so again at the next try.
        await settleAll();
        throw thrown;
      }
      const late = performance.now() - settledAt > SETTLE_AFTER_MS;
      // A target that is down has no herd that others should wait for.
      const inVain =
        last.length > 0 && last.every(({ gone, done }) => gone.length === 0 && !done.some(isGone));
      if (next === null || late || inVain || size(unsettled) >= MOST_UNSETTLED) {
        herdIsOver?.();
        herdIsOver = null;
        await herds.over(SETTLE_AFTER_MS);
        await settleAll();
        unsettled.requests.length = 0;
        unsettled.strays.length = 0;
        // What became due meanwhile is the caller's next look.
        if (next === null) return size(undone) > 0;
      }
    }
  } finally {
    herdIsOver?.();
  }
}

/** What a sweep has met and not settled, by its ids. */
interface Met {
  readonly requests: number[];
  readonly strays: number[];
}

function size({ requests, strays }: Met): number {
  return requests.length + strays.length;
}

function join(a: Met, b: Met): Met {
  return { requests: [...a.requests, ...b.requests], strays: [...a.strays, ...b.strays] };
}

function isGone({ outcome }: Left): boolean {
  return outcome.is === 'gone';
}

/** Without those that a newer request has been given since. */
async function unwanted(deps: SweepDeps, strays: readonly DueStray[]): Promise<readonly DueStray[]> {
  await keepWanted(
    deps,
    strays.filter(({ wantedBy }) => wantedBy !== null),
  );
  return strays.filter(({ wantedBy }) => wantedBy === null);
}
