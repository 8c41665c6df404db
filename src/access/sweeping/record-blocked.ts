import type { AccessRequest } from '../../domain/request/request.js';
import type { RequestEvent } from '../../domain/request/request-events.js';
import type { HallpassError } from '../../errors.js';
import { type ChangeDeps, changeEach } from '../change.js';
import type { Deps } from '../deps.js';

export interface Blocked {
  readonly request: Pick<AccessRequest, 'id' | 'why' | 'trouble'>;
  readonly error: HallpassError;
}

/** Records what blocks these, for people to see on the card; nothing else about them changes. */
export async function recordBlocked(
  deps: ChangeDeps & Pick<Deps, 'logger'>,
  blocked: readonly Blocked[],
): Promise<void> {
  const news = blocked
    // Why a GRANT failed is kept; what delays the proof that nothing is left of it isn't news.
    .filter(({ request, error }) => request.why !== 'failed' && request.trouble !== error.message);
  const [first] = news;
  if (first === undefined) return;
  const events = new Map(
    news.map(({ request, error }): [number, RequestEvent] => [
      request.id,
      { type: 'blocked', trouble: error.message },
    ]),
  );
  deps.logger.warn({ err: first.error, requests: [...events.keys()] }, 'the target blocks these requests');
  await changeEach(deps, events);
}
