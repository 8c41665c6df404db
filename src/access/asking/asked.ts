/**
 * What one server said last, asked in the background and never while somebody waits for it. One question at a time; while
 * it doesn't answer, what it said goes on to count.
 */
import { coerceError } from '../../errors.js';
import type { Logger } from '../../logger.js';
import { IDLE_EVERY_MS } from '../heartbeat.js';

/** While a server doesn't answer, what it said longer ago is not offered any more, milliseconds. */
const STALE_MS = 10 * 60_000;

export interface Asked<T> {
  /** Null: it has not answered yet. */
  said(): T | null;
  /** How long ago that was asked for, milliseconds: it tells how things were then. */
  age(): number;
  /** It has not answered for too long. */
  isStale(): boolean;
  /** It answered when it was last asked, and not long ago for an idle target. */
  mayRest(): boolean;
  /** None when it was asked just now, or is being asked; resolves when the question under way is over. Never throws. */
  ask(): Promise<void>;
}

/** @param everyMs no server is asked more often. @param what for the log: "the roles of a target could not be read". */
export function createAsked<T>(
  read: () => Promise<T>,
  { key, what, everyMs, logger }: { key: string; what: string; everyMs: () => number; logger: Logger },
): Asked<T> {
  let said: { readonly what: T; readonly at: number } | null = null;
  let askedAt = Number.NEGATIVE_INFINITY;
  let asking: Promise<void> = Promise.resolve();
  let busy = false;
  /** What went wrong last, so that an outage is logged once and not each minute. */
  let trouble: string | null = null;

  async function answer(at: number): Promise<void> {
    try {
      said = { what: await read(), at };
      trouble = null;
    } catch (thrown) {
      const error = coerceError(thrown);
      if (trouble !== error.message) logger.warn({ err: error, target: key }, what);
      trouble = error.message;
    }
  }

  const age = () => performance.now() - (said?.at ?? Number.NEGATIVE_INFINITY);
  return {
    said: () => said?.what ?? null,
    age,
    // One that was not asked says what it said.
    isStale: () => age() >= STALE_MS && (trouble !== null || said === null),
    mayRest: () => trouble === null && age() < IDLE_EVERY_MS,
    ask() {
      const now = performance.now();
      if (!busy && now - askedAt >= everyMs()) {
        busy = true;
        askedAt = now;
        asking = answer(now).finally(() => {
          busy = false;
        });
      }
      return asking;
    },
  };
}
