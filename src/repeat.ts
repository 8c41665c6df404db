/** Work that is done repeatedly, one run at a time. What it throws is logged. */

type Background = (what: string, work: Promise<unknown>) => void;

export interface Task {
  /** At once, or as soon as the run under way is done. */
  soon(): void;
  /** At once, unless a run is under way. */
  tick(): void;
  /** Starts no more runs. */
  stop(): void;
}

/**
 * Does `work` when asked to, and again after as long as it answers.
 * @param work answers the milliseconds until the next run; null, nothing, or `mostMs` and more: only when asked to.
 */
export function createTask(
  mostMs: number,
  background: Background,
  what: string,
  work: () => Promise<unknown>,
): Task {
  let again = false;
  let sooner: NodeJS.Timeout | undefined;
  let busy = false;
  let stopped = false;
  async function run(): Promise<void> {
    try {
      const next = await work();
      clearTimeout(sooner);
      if (typeof next === 'number' && next < mostMs && !stopped)
        sooner = setTimeout(soon, Math.max(next, 10));
    } finally {
      busy = false;
      if (again) soon();
    }
  }
  function soon(): void {
    again = busy;
    if (busy || stopped) return;
    busy = true;
    background(what, run());
  }
  return {
    soon,
    tick() {
      if (!busy) soon();
    },
    stop() {
      stopped = true;
      clearTimeout(sooner);
    },
  };
}

export interface Beat extends Task {
  start(): void;
}

/** Does `work` at its start and every `ms`, or sooner, if it answers so. */
export function repeat(ms: number, background: Background, what: string, work: () => Promise<unknown>): Beat {
  const task = createTask(ms, background, what, work);
  let timer: NodeJS.Timeout | undefined;
  return {
    ...task,
    start() {
      task.tick();
      timer = setInterval(task.tick, ms);
    },
    stop() {
      clearInterval(timer);
      task.stop();
    },
  };
}
