import { createHash } from 'node:crypto';
import { requestName } from '../../domain/request/request.js';
import { logSecurity } from '../../security.js';
import { requestsAltered } from '../../surfaces/operators/audit.js';
import type { Deps } from '../deps.js';
import { tellOperators } from '../telling/operators.js';
import { type Misfit, reconcilePage } from './reconcile.js';

/** How often a process compares open requests with their events, milliseconds. */
export const WATCH_REQUESTS_EVERY_MS = 3_600_000;

/** Between two pages passes as many times what one page takes: nothing that is due waits for this. */
const REST = 4;

/**
 * Compares open requests with their audit events, a page at each call, and tells the operators of those that were
 * changed past Hallpass: once for each finding, whichever replica meets it.
 * @returns the call; it answers with the milliseconds after which the next page may be read, null at the end.
 */
export function createRequestWatch(
  deps: Pick<Deps, 'db' | 'config' | 'outbox' | 'sweeps' | 'logger'>,
): () => Promise<number | null> {
  let after = 0;
  return async () => {
    const began = performance.now();
    const { misfits, last } = await reconcilePage(deps.db, after, 'open');
    if (misfits.length > 0) await tell(deps, misfits);
    after = last ?? 0;
    return last === null ? null : (performance.now() - began) * REST;
  };
}

async function tell(
  deps: Pick<Deps, 'db' | 'config' | 'outbox' | 'logger'>,
  misfits: readonly Misfit[],
): Promise<void> {
  const found = createHash('sha256').update(JSON.stringify(misfits)).digest('hex');
  if (!(await tellOperators(deps, `altered:${found.slice(0, 32)}`, requestsAltered(misfits)))) return;
  for (const { requestId, says } of misfits) {
    logSecurity(
      deps.logger,
      'altered_request',
      { request: requestName(requestId), says },
      'a request is not what its audit events make of it',
    );
  }
}
