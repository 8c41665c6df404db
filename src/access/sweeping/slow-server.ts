/** A server that doesn't answer may take its whole time limit: meanwhile no card may say that access is still granted. */
import { HallpassError } from '../../errors.js';
import type { Deps } from '../deps.js';
import type { Leaving } from './leaving.js';
import { recordBlocked } from './trouble.js';

/** Mostly all is done by then, and the card says so at once; milliseconds. */
const PATIENCE_MS = 1_500;
/** More than these end together: that they take their time is no news, and to write it down would cost more. */
const MOST = 200;

/**
 * What `work` answers. When it takes long, what it does is written on the cards of these in the meantime.
 * @param doing a sentence.
 */
export async function sayingWhenLate<T>(
  deps: Pick<Deps, 'db' | 'outbox' | 'sweeps' | 'logger'>,
  leaving: readonly Leaving[],
  doing: string,
  work: Promise<T>,
): Promise<T> {
  const requests = leaving.flatMap(({ of }) => ('request' in of && !('word' in of) ? [of.request] : []));
  if (requests.length === 0 || requests.length > MOST) return work;
  let telling: Promise<void> = Promise.resolve();
  const timer = setTimeout(() => {
    const error = new HallpassError(doing, { passing: true });
    telling = recordBlocked(
      deps,
      requests.map((request) => ({ request, error })),
    ).catch((thrown: unknown) => {
      deps.logger.warn({ err: thrown }, 'that a revocation takes long could not be written down');
    });
  }, PATIENCE_MS);
  try {
    return await work;
  } finally {
    clearTimeout(timer);
    // What comes of it is written after it.
    await telling;
  }
}
