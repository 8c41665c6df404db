/**
 * An operator ends access at once. The intent is written first, a batch at a time: from then on any Hallpass that runs
 * does it, and what waits for approval can't be approved any more. Doing it again changes nothing.
 */
import type { AccessRequest, OperatorsWord } from '../../domain/request.js';
import { readRequests } from '../../ledger/read-requests.js';
import { endedByOperator } from '../../surfaces/ended.js';
import { change } from '../change.js';
import type { Deps } from '../deps.js';
import { tellOperators } from '../telling/operators.js';

/** Requests that are read or written at once. */
const BATCH = 500;

/** What ending them would do. */
export interface Ahead {
  /** Hold access, or are about to: they are ended. */
  readonly grants: readonly AccessRequest[];
  /** Wait for approval: they are cancelled. */
  readonly pending: readonly AccessRequest[];
  /** Are being revoked already. */
  readonly ending: readonly AccessRequest[];
  readonly over: readonly AccessRequest[];
}

/** Changes nothing. */
export async function foreseeEnd({ db }: Pick<Deps, 'db'>, ids: readonly number[]): Promise<Ahead> {
  const requests = await readAll(db, ids);
  const of = (...states: readonly AccessRequest['state'][]) =>
    requests.filter(({ state }) => states.includes(state));
  return {
    grants: of('granting', 'active'),
    pending: of('pending'),
    ending: of('ending'),
    over: of('denied', 'withdrawn', 'lapsed', 'failed', 'ended'),
  };
}

export async function readAll(db: Deps['db'], ids: readonly number[]): Promise<readonly AccessRequest[]> {
  const requests: AccessRequest[] = [];
  for (const batch of batches(ids)) requests.push(...(await readRequests(db, batch)).requests);
  return requests;
}

/**
 * Writes the operator's word down for each request, whatever became of it since it was looked at.
 * @param onWritten called after each batch with how many are written so far.
 */
export async function endNow(
  deps: Pick<Deps, 'db' | 'outbox' | 'sweeps' | 'config'>,
  { grants, pending }: Pick<Ahead, 'grants' | 'pending'>,
  word: OperatorsWord,
  onWritten: (written: number) => void,
): Promise<void> {
  const [first] = [...grants, ...pending];
  if (first === undefined) return;
  // First: no crash may lose it.
  const key = `ended:${first.id}:${first.version}:${grants.length + pending.length}`;
  await tellOperators(deps, key, endedByOperator({ grants, pending, ...word }));
  let written = 0;
  for (const batch of batches([...pending, ...grants].map(({ id }) => id))) {
    await change(deps, batch, ({ state, pendingUntil }, now) => {
      if (state === 'pending') {
        return { event: pendingUntil <= now ? { type: 'lapse' } : { type: 'withdraw', ...word } };
      }
      return state === 'granting' || state === 'active' ? { event: { type: 'end', ...word } } : null;
    });
    written += batch.length;
    onWritten(written);
  }
}

function* batches(ids: readonly number[]): Generator<readonly number[]> {
  for (let i = 0; i < ids.length; i += BATCH) yield ids.slice(i, i + BATCH);
}
