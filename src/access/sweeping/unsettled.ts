/** What a sweep has met and not settled yet: its revocations are recorded together, when nothing is more urgent. */
import type { Due } from '../../ledger/requests/read-due.js';
import type { Target } from '../../postgres/target.js';
import type { TellDeps } from '../change.js';
import type { BulkRevocations } from './bulk-revocations.js';
import { type AfterRevoke, settle } from './revoke.js';

/** It is settled before more is revoked, after this many or after this many milliseconds. */
const MOST_UNSETTLED = 10_000;
const SETTLE_AFTER_MS = 5_000;

export interface Ids {
  readonly requests: number[];
  readonly strays: number[];
}

/** @param undone gets the ids of what could not be proved gone. */
export function createUnsettled(deps: TellDeps, target: Target, bulk: BulkRevocations, undone: Ids) {
  const ids: Ids = { requests: [], strays: [] };
  const revoked: AfterRevoke[] = [];
  let since = performance.now();
  let endBulk: (() => void) | null = null;

  const unsettled = {
    ids,
    isEmpty: () => size(ids) === 0,
    isFull: () => size(ids) >= MOST_UNSETTLED || performance.now() - since > SETTLE_AFTER_MS,
    meet({ requests, endings, strays }: Due) {
      if (size(ids) === 0) since = performance.now();
      for (const { id } of [...requests, ...endings]) ids.requests.push(id);
      for (const { id } of strays) ids.strays.push(id);
    },
    add: (more: readonly AfterRevoke[]) => void revoked.push(...more),
    beginBulk() {
      endBulk ??= bulk.begin();
    },
    endBulk() {
      endBulk?.();
      endBulk = null;
    },
    async settle() {
      for (const { revocation, outcome } of await settle(deps, target, revoked.splice(0))) {
        const { of } = revocation;
        if (outcome.is === 'gone') continue;
        if ('request' in of) undone.requests.push(of.request.id);
        else undone.strays.push(of.stray.id);
      }
    },
    /** Waits until no target has a bulk revocation under way. */
    async settleInTurn() {
      unsettled.endBulk();
      await bulk.over(SETTLE_AFTER_MS);
      await unsettled.settle();
      ids.requests.length = 0;
      ids.strays.length = 0;
    },
  };
  return unsettled;
}

export function size({ requests, strays }: Ids): number {
  return requests.length + strays.length;
}

export function join(a: Ids, b: Ids): Ids {
  return { requests: [...a.requests, ...b.requests], strays: [...a.strays, ...b.strays] };
}
