import { type AccessRequest, parseRequestName } from '../../domain/request/request.js';
import { isFinal } from '../../domain/request/request-state.js';
import { mayBePruned } from '../../ledger/audit/audit-checkpoints.js';
import { adopt, isStray, showAgain, whereShown } from '../../ledger/messages/deliveries.js';
import { readRequests } from '../../ledger/requests/read-requests.js';
import { logSecurity } from '../../security.js';
import type { Clicked } from '../access.js';
import type { Deps } from '../deps.js';

/**
 * The request that a button names. On the way the outbox learns of the clicked message: the answer to its post may
 * have been lost, and then it was posted twice, or is not known to have been posted.
 */
export async function findRequest(
  deps: Pick<Deps, 'db' | 'outbox' | 'sweeps' | 'messenger' | 'background' | 'logger'>,
  requestId: string,
  clicked: Clicked,
): Promise<{ readonly request: AccessRequest; readonly now: Date } | null> {
  const id = parseRequestName(requestId);
  const { now, requests } = await readRequests(deps.db, id === null ? [] : [id]);
  const request = requests[0];
  if (id === null || request === undefined) {
    // A card of a request that was pruned stands in Slack for as long as Slack keeps it.
    if (id !== null && (await mayBePruned(deps.db, id))) return null;
    logSecurity(deps.logger, 'unknown_request', { request: requestId }, 'a button names no request of ours');
    return null;
  }
  if (clicked !== null && clicked.ephemeral !== true) {
    deps.background('settle a twin', settleTwin(deps, request, clicked));
  }
  return { request, now };
}

async function settleTwin(
  { db, outbox, messenger }: Pick<Deps, 'db' | 'outbox' | 'messenger'>,
  { id, state }: AccessRequest,
  clicked: NonNullable<Clicked>,
): Promise<void> {
  // What is over has no buttons: it stands there as it was, after a late edit by a process that had been frozen.
  if (isFinal(state)) {
    await showAgain(db, id, clicked);
    outbox.kick();
  }
  // Direct messages (`D…`) are several a request; only the card has one place where it belongs.
  if (clicked.channel.startsWith('D')) {
    if (await isStray(db, id, clicked)) await messenger.delete(clicked);
    return;
  }
  const key = `card:${id}`;
  if (await adopt(db, key, clicked)) return outbox.kick();
  const shown = await whereShown(db, key);
  if (shown?.channel === clicked.channel && shown.ts !== clicked.ts) await messenger.delete(clicked);
}
