/** Work that is done again and again, one at a time. What it throws is logged. */

type Background = (what: string, work: Promise<unknown>) => void;

export interface Task {
  /** At once, or as soon as what is being done is. */
  soon(): void;
  /** At once, unless it is being done. */
  tick(): void;
  /** Begins nothing more. */
  stop(): void;
}

/**
 * Does `work` when it is asked to, and once more as soon as it answers to.
 * @param work answers the milliseconds until the next time; null, nothing or `mostMs` and more: when it is asked to.
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

/** Does `work` at its start and every `ms`, or as much sooner as it answers. */
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
