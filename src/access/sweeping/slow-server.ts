/** A server that doesn't answer may use up its whole time limit: meanwhile no card may say that access is still granted. */
import { HallpassError } from '../../errors.js';
import type { ChangeDeps } from '../change.js';
import type { Deps } from '../deps.js';
import { recordBlocked } from './record-blocked.js';
import type { Revocation } from './revocation.js';

/** By then it is usually all done, and the card says so at once; milliseconds. */
const PATIENCE_MS = 1_500;
/** When more than these end together, it isn't news that they take long, and writing it down would cost more. */
const MOST = 200;

/**
 * What `work` answers. When it takes long, the cards of these requests say what Hallpass is doing in the meantime.
 * @param doing a sentence.
 */
export async function sayingWhenLate<T>(
  deps: ChangeDeps & Pick<Deps, 'logger'>,
  revocations: readonly Revocation[],
  doing: string,
  work: Promise<T>,
): Promise<T> {
  const requests = revocations.flatMap(({ of }) => ('request' in of && !('word' in of) ? [of.request] : []));
  if (requests.length === 0 || requests.length > MOST) return work;
  let telling: Promise<void> = Promise.resolve();
  const timer = setTimeout(() => {
    const error = new HallpassError(doing, { passing: true });
    const blocked = requests.map((request) => ({ request, error }));
    telling = recordBlocked(deps, blocked).catch((thrown: unknown) => {
      deps.logger.warn({ err: thrown }, 'could not record that a revocation is taking long');
    });
  }, PATIENCE_MS);
  try {
    return await work;
  } finally {
    clearTimeout(timer);
    // Its outcome is written after this.
    await telling;
  }
}
