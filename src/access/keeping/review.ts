/** What was left behind: after the end of each grant its target's catalogs are read for what changed meanwhile. */
import type { AccessRequest } from '../../domain/request/request.js';
import { coerceError } from '../../errors.js';
import { readToReview } from '../../ledger/requests/read-requests.js';
import { change } from '../change.js';
import type { Deps } from '../deps.js';

/** Grants read about in one question to a target. */
const BATCH = 500;
/** After this long it is given up, milliseconds: what a server shows by then is no longer about the grant. */
const GIVE_UP_MS = 60 * 60_000;

type ReviewDeps = Pick<Deps, 'db' | 'outbox' | 'sweeps' | 'inspectors' | 'logger'>;

/** Reviews what has ended since. A target that can't be asked is asked again at the next call. */
export async function reviewEnded(deps: ReviewDeps): Promise<void> {
  const { now, requests } = await readToReview(deps.db, BATCH);
  const byTarget = new Map<string, AccessRequest[]>();
  for (const request of requests) {
    byTarget.set(request.target, [...(byTarget.get(request.target) ?? []), request]);
  }
  await Promise.all([...byTarget].map(([name, ended]) => reviewTarget(deps, name, ended, now)));
}

async function reviewTarget(
  deps: ReviewDeps,
  name: string,
  ended: readonly AccessRequest[],
  now: Date,
): Promise<void> {
  const inspector = deps.inspectors.get(name);
  const results = new Map<number, object>();
  try {
    if (inspector === undefined) throw new Error('the target is not in the configuration');
    const marked = ended.flatMap(({ id, place, mark }) =>
      place && mark !== null ? [{ id, ...place, mark }] : [],
    );
    const changes = await inspector.changes(marked);
    for (const [i, { id }] of marked.entries()) results.set(id, { ...changes[i] });
  } catch (thrown) {
    const { message } = coerceError(thrown);
    deps.logger.info({ err: thrown, target: name }, 'what was left behind could not be read');
    for (const { id, reviewAt } of ended) {
      if (now.getTime() - (reviewAt ?? now).getTime() > GIVE_UP_MS) results.set(id, { why: message });
    }
  }
  await change(deps, [...results.keys()], ({ id }) => {
    const result = results.get(id);
    return result ? { event: { type: 'reviewed', result } } : null;
  });
}
