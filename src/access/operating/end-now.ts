/**
 * An operator ends access at once. The intent is written first, a batch at a time: from then on any running Hallpass does
 * it, and pending requests can't be approved any more. Doing it again changes nothing.
 */

import { hasLapsed } from '../../domain/request/escalation.js';
import type { AccessRequest } from '../../domain/request/request.js';
import type { OperatorsWord } from '../../domain/request/request-events.js';
import { isFinal } from '../../domain/request/request-state.js';
import { readRequests } from '../../ledger/requests/read-requests.js';
import { endedByOperator } from '../../surfaces/operators/ended.js';
import { type ChangeDeps, change } from '../change.js';
import type { Deps } from '../deps.js';
import { tellOperators } from '../telling/operators.js';

/** Requests read or written at once. */
const BATCH = 500;

/** What ending them would do. */
export interface Ahead {
  /** Hold access, or are about to: will be ended. */
  readonly grants: readonly AccessRequest[];
  /** Wait for approval: will be canceled. */
  readonly pending: readonly AccessRequest[];
  /** Are being revoked already. */
  readonly ending: readonly AccessRequest[];
  readonly over: readonly AccessRequest[];
}

/** Changes nothing. */
export async function foreseeEnd({ db }: Pick<Deps, 'db'>, ids: readonly number[]): Promise<Ahead> {
  const requests = await readAll(db, ids);
  return {
    grants: requests.filter(isGrant),
    pending: requests.filter(({ state }) => state === 'pending'),
    ending: requests.filter(({ state }) => state === 'ending'),
    over: requests.filter(({ state }) => isFinal(state)),
  };
}

function isGrant({ state }: Pick<AccessRequest, 'state'>): boolean {
  return state === 'granting' || state === 'active';
}

export async function readAll(db: Deps['db'], ids: readonly number[]): Promise<readonly AccessRequest[]> {
  const requests: AccessRequest[] = [];
  for (const batch of batches(ids)) requests.push(...(await readRequests(db, batch)).requests);
  return requests;
}

/**
 * Records the operator's decision for each request, whatever has become of it since it was read.
 * @param onWritten called after each batch with how many are written so far.
 */
export async function endNow(
  deps: ChangeDeps & Pick<Deps, 'config'>,
  { grants, pending }: Pick<Ahead, 'grants' | 'pending'>,
  word: OperatorsWord,
  onWritten: (written: number) => void,
): Promise<void> {
  const [first] = [...grants, ...pending];
  if (first === undefined) return;
  // The message comes first: no crash may lose it.
  const key = `ended:${first.id}:${first.version}:${grants.length + pending.length}`;
  await tellOperators(deps, key, endedByOperator({ grants, pending, ...word }));
  let written = 0;
  for (const batch of batches([...pending, ...grants].map(({ id }) => id))) {
    await change(deps, batch, (request, now) => {
      if (isGrant(request)) return { event: { type: 'end', ...word } };
      if (request.state !== 'pending') return null;
      return { event: hasLapsed(request, now) ? { type: 'lapse' } : { type: 'withdraw', ...word } };
    });
    written += batch.length;
    onWritten(written);
  }
}

function* batches(ids: readonly number[]): Generator<readonly number[]> {
  for (let i = 0; i < ids.length; i += BATCH) yield ids.slice(i, i + BATCH);
}
