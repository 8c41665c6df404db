import { inTime } from '../../in-time.js';

/**
 * When very many grants end at once on one target, revoking them comes before everything that can wait: on every
 * target, outcomes and errors are recorded once this process has no bulk revocation under way.
 */
export interface BulkRevocations {
  /** A bulk revocation is under way. @returns a function to call when it is over. */
  begin(): () => void;
  /** Resolves when none is under way, or after this many milliseconds. */
  over(ms: number): Promise<void>;
}

export function createBulkRevocations(): BulkRevocations {
  const underWay = new Set<Promise<void>>();

  return {
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
    async over(ms) {
      if (underWay.size > 0) await inTime(ms, Promise.all(underWay), () => undefined);
    },
  };
}
