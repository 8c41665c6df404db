import { inTime } from '../../in-time.js';

export type BulkRevocations = ReturnType<typeof createBulkRevocations>;

/**
 * When very many grants end at once on one target, revoking them comes before everything that can wait: on every
 * target, outcomes and errors are recorded once this process has no bulk revocation under way.
 */
export function createBulkRevocations() {
  const underWay = new Set<Promise<void>>();
  return {
    /** A bulk revocation is under way. @returns a function to call when it is over. */
    begin() {
      let end = () => {};
      const bulk = new Promise<void>((resolve) => {
        end = resolve;
      });
      underWay.add(bulk);
      return () => {
        underWay.delete(bulk);
        end();
      };
    },
    /** Resolves when none is under way, or after this many milliseconds. */
    async over(ms: number): Promise<void> {
      if (underWay.size > 0) await inTime(ms, Promise.all(underWay), () => undefined);
    },
  };
}
