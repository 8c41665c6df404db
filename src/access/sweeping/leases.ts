/**
 * A lease while work runs. It saves work and nothing else: a process that is refused one for a heartbeat, while there is
 * something to do, does the work anyway. So a process that freezes with the lease, renews it forever or locks its row
 * keeps nothing from being revoked.
 */
import { coerceError } from '../../errors.js';
import { releaseLease, renewLease, takeLease } from '../../ledger/targets/leases.js';
import type { Deps } from '../deps.js';
import { HEARTBEAT_MS } from '../heartbeat.js';

/** A holder that works renews its lease this often, milliseconds: twice before it runs out. */
const RENEW_MS = 3_000;

export type Leases = ReturnType<typeof createLeases>;

/** @param holder this process, as its leases name it. */
export function createLeases({ db, logger }: Pick<Deps, 'db' | 'logger'>, holder: string) {
  /** Since when each has been refused, without a break. */
  const refused = new Map<string, number>();
  /** When each was last worked on without a lease: once a heartbeat, because its holder may be busy with the same trouble. */
  const forced = new Map<string, number>();

  const leases = {
    holder,
    /** Runs `work` while it renews the lease of `name`, which it has already; releases it afterwards. */
    async hold<T>(name: string, work: () => Promise<T>): Promise<T> {
      const unheard = (thrown: unknown) =>
        logger.debug({ err: coerceError(thrown), lease: name }, 'a lease was neither renewed nor released');
      const renewing = setInterval(() => void renewLease(db, name, holder).catch(unheard), RENEW_MS);
      try {
        return await work();
      } finally {
        clearInterval(renewing);
        // If this fails, the lease runs out by itself.
        await releaseLease(db, name, holder).catch(unheard);
      }
    },
    /** Takes the lease and runs `work`; also without it, once it was refused for a heartbeat. @returns false: refused. */
    async withLease(name: string, work: () => Promise<void>): Promise<boolean> {
      if (await takeLease(db, name, holder)) {
        leases.served(name);
        await leases.hold(name, work);
        return true;
      }
      if (leases.patience(name, 0) > 0) return false;
      await work();
      return true;
    },
    /**
     * The lease was refused although there is something to do. @param dueMs for how long it has been due.
     * @returns milliseconds after which to do it without the lease; 0: now.
     */
    patience(name: string, dueMs: number): number {
      const now = performance.now();
      const since = refused.get(name) ?? now;
      refused.set(name, since);
      const sinceForced = now - (forced.get(name) ?? Number.NEGATIVE_INFINITY);
      const left = HEARTBEAT_MS - Math.min(Math.max(dueMs, now - since), sinceForced);
      if (left > 0) return left;
      forced.set(name, now);
      logger.warn(
        { lease: name },
        'the holder of this lease does not do the work: doing it without the lease',
      );
      return 0;
    },
    /** There is nothing to do, or this process had the lease. */
    served: (name: string) => void refused.delete(name),
  };
  return leases;
}
