import { inTime } from '../../in-time.js';

/**
 * Where a great many grants are due on one target, taking them away comes before everything that can wait: on any
 * target, what was done is recorded, and what hinders is, when no herd is under way in this process any more.
 */
export interface Herds {
  /** A herd is under way; call what is answered when it is over. */
  begin(): () => void;
  /** Resolves when none is under way, or after this long, milliseconds. */
  over(ms: number): Promise<void>;
}

export function createHerds(): Herds {
  const underWay = new Set<Promise<void>>();

  return {
    begin() {
      let end = () => {};
      const herd = new Promise<void>((resolve) => {
        end = resolve;
      });
      underWay.add(herd);
      return () => {
        underWay.delete(herd);
        end();
      };
    },
    async over(ms) {
      if (underWay.size === 0) return;
      await inTime(ms, Promise.all(underWay), () => undefined);
    },
  };
}
