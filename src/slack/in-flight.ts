import { LATE, within } from './pace.js';

/** Counts the payloads being handled. Neither of Bolt's receivers waits for its listeners when it stops. */
interface InFlight {
  run(work: () => Promise<void>): Promise<void>;
  /** Resolves when nothing is being handled any more, or after `ms`; false when something still is. */
  idle(ms: number): Promise<boolean>;
}

export function createInFlight(): InFlight {
  const running = new Set<Promise<void>>();
  const settled = async (): Promise<void> => {
    while (running.size > 0) await Promise.allSettled(running);
  };
  return {
    run: async (work) => {
      const job = work();
      running.add(job);
      try {
        await job;
      } finally {
        running.delete(job);
      }
    },
    idle: async (ms) => (await within(ms, settled())) !== LATE,
  };
}
