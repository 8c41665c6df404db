/** Sends what is due, some at a time, until there is nothing left; then it waits for a kick, or for what is due later. */

export interface Pump {
  /** Something may be due. Returns at once. */
  kick(): void;
  /** Sends no more; resolves when the calls under way are done. */
  stop(): Promise<void>;
}

interface Work<T> {
  /** What changes several times within this long is sent once, milliseconds. */
  readonly settlesMs: number;
  /** As many are sent at the same time. */
  readonly slots: number;
  /** Takes up to `free` that are due. */
  readonly claim: (free: number) => Promise<readonly T[]>;
  /** Sends one; never throws. */
  readonly send: (one: T) => Promise<void>;
  /** When the next is due, milliseconds from now; null when none is. */
  readonly nextInMs: () => Promise<number | null>;
  /** What is due could not be read; it is tried again. */
  readonly failed: (error: unknown) => void;
}

const RETRY_MS = 1_000;
const LONGEST_WAIT_MS = 5 * 60_000;
const SHORTEST_WAIT_MS = 10;

export function createPump<T>({ settlesMs, slots, claim, send, nextInMs, failed }: Work<T>): Pump {
  const underWay = new Set<Promise<void>>();
  let pumping: Promise<void> | null = null;
  let again = false;
  let soon: NodeJS.Timeout | null = null;
  let timer: NodeJS.Timeout | null = null;
  let stopping = false;

  function sendDue(): void {
    again = true;
    if (pumping !== null || stopping) return;
    pumping = pump()
      .catch((error: unknown) => {
        failed(error);
        wakeIn(RETRY_MS);
      })
      .finally(() => {
        pumping = null;
        if (again) sendDue();
      });
  }

  async function pump(): Promise<void> {
    while (again && !stopping) {
      again = false;
      const free = slots - underWay.size;
      if (free <= 0) return;
      const claimed = await claim(free);
      for (const one of claimed) {
        const sending = send(one).finally(() => {
          underWay.delete(sending);
          sendDue();
        });
        underWay.add(sending);
      }
      if (claimed.length === 0 && underWay.size === 0) {
        const ms = await nextInMs();
        if (ms !== null) wakeIn(ms);
      }
    }
  }

  function wakeIn(ms: number): void {
    if (stopping) return;
    if (timer !== null) clearTimeout(timer);
    timer = setTimeout(sendDue, Math.min(Math.max(ms, SHORTEST_WAIT_MS), LONGEST_WAIT_MS));
  }

  return {
    kick() {
      if (stopping) return;
      soon ??= setTimeout(() => {
        soon = null;
        sendDue();
      }, settlesMs);
    },
    async stop() {
      stopping = true;
      for (const waiting of [soon, timer]) if (waiting !== null) clearTimeout(waiting);
      await pumping;
      await Promise.all(underWay);
    },
  };
}
