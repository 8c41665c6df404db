import type { AccessRequest } from '../../domain/request.js';
import { coerceError, HallpassError } from '../../errors.js';
import { change } from '../change.js';
import type { Deps } from '../deps.js';

export interface Blocked {
  readonly request: Pick<AccessRequest, 'id' | 'why' | 'trouble'>;
  readonly error: HallpassError;
}

/** Records what keeps these from being done, for people to see on the card; nothing else about them changes. */
export async function recordBlocked(
  deps: Pick<Deps, 'db' | 'outbox' | 'sweeps' | 'logger'>,
  blocked: readonly Blocked[],
): Promise<void> {
  const news = new Map(
    blocked
      // Why a GRANT failed is kept; what hinders the proof that nothing is left of it is not news.
      .filter(({ request, error }) => request.why !== 'failed' && request.trouble !== error.message)
      .map(({ request, error }) => [request.id, error]),
  );
  const [first] = news.values();
  if (first === undefined) return;
  deps.logger.warn(
    { err: first, requests: [...news.keys()] },
    'the target keeps these requests from being done',
  );
  await change(deps, [...news.keys()], ({ id }) => ({
    event: { type: 'blocked', trouble: news.get(id)?.message ?? first.message },
  }));
}

/** An error that nothing classified may pass: whoever is taking access away keeps trying. */
export function asHallpassError(thrown: unknown): HallpassError {
  if (thrown instanceof HallpassError) return thrown;
  const cause = coerceError(thrown);
  return new HallpassError(`something unexpected happened: ${cause.message}`, { passing: true, cause });
}
