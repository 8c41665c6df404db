/**
 * One sweep of one target: what the ledger wants done there, done and proved. Idempotent, so a lost alarm, a
 * double click, a second process and a crash at any line are one case: the next sweep finds the difference.
 */
import { compare } from '../domain/compare.js';
import { type Due, readDue } from '../ledger/read-due.js';
import type { Target } from '../target/target.js';
import type { Deps } from './deps.js';
import { extendThere } from './extend-there.js';
import type { Herds } from './herds.js';
import { lend } from './lend.js';
import { type Revoked, recordNeverLent, revoke, settle } from './take-back.js';
import { failUnapproved } from './unapproved.js';

/** What is done at once; of what is taken away, some REVOKE statements' worth. */
export const MOST = { requests: 500, endings: 2_000 };
/** What was revoked is settled before more is, after this many or after this long, milliseconds. */
const MOST_UNSETTLED = 10_000;
const SETTLE_AFTER_MS = 5_000;

/**
 * Does everything that is due on this target now. Taking memberships away goes first: the next ones are read while one
 * batch is taken back, and what costs the ledger more than the target, the record of it, comes when nothing is due any
 * more, here and where other targets have as much to do.
 * @param expected the system_identifier that the last comparison saw there; null before the first.
 * @param first what is due, as the caller has read it.
 * @returns true when something is left that a later try may do: the caller comes back.
 */
export async function sweep(
  deps: Pick<Deps, 'db' | 'changed' | 'config' | 'roles' | 'clearAgain' | 'logger'>,
  name: string,
  target: Target,
  expected: string | null,
  herds: Herds,
  first: Due | null = null,
): Promise<boolean> {
  const undone: number[] = [];
  const revoked: Revoked[] = [];
  const unsettled: number[] = [];
  let settledAt = performance.now();
  let next: Promise<Due> | null = first && Promise.resolve(first);
  let herdIsOver: (() => void) | null = null;
  try {
    for (;;) {
      const due: Due = await (next ?? readDue(deps.db, name, { requests: undone, strays: [] }, MOST));
      const { now, requests, endings } = due;
      if (requests.length === 0 && endings.length === 0 && unsettled.length === 0) return undone.length > 0;
      if (unsettled.length === 0) settledAt = performance.now();
      unsettled.push(...[...requests, ...endings].map(({ id }) => id));
      const isMore = requests.length === MOST.requests || endings.length === MOST.endings;
      next = isMore
        ? readDue(deps.db, name, { requests: [...undone, ...unsettled], strays: [] }, MOST)
        : null;
      // Should what comes before it fail, nobody waits for it.
      next?.catch(() => undefined);
      if (endings.length === MOST.endings) herdIsOver ??= herds.begin();

      const todo = compare(requests, null, now);
      const { takeBack, neverLent } = compare(endings, null, now);
      await recordNeverLent(deps, neverLent);
      const last = await revoke(deps, target, takeBack);
      revoked.push(...last);
      undone.push(...(await extendThere(deps, name, target, todo.extend, now)));
      const isApproved = ({ id }: { readonly id: number }) => !due.unapproved.has(id);
      await failUnapproved(
        deps,
        requests.filter((request) => !isApproved(request)),
      );
      undone.push(...(await lend(deps, name, target, expected, todo.lend.filter(isApproved), now)));
      const late = performance.now() - settledAt > SETTLE_AFTER_MS;
      // A target that is down has no herd that others should wait for.
      const inVain = last.length > 0 && last.every(({ gone, settled }) => gone.length + settled.length === 0);
      if (next === null || late || inVain || unsettled.length >= MOST_UNSETTLED) {
        herdIsOver?.();
        herdIsOver = null;
        await herds.over(SETTLE_AFTER_MS);
        undone.push(...(await settle(deps, target, revoked.splice(0))));
        unsettled.length = 0;
        // What became due meanwhile is the caller's next look.
        if (next === null) return undone.length > 0;
      }
    }
  } finally {
    herdIsOver?.();
  }
}
