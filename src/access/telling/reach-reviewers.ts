/**
 * An emergency is loud in the role's channel, and reviewed in the thread of its card. While that channel accepts no posts,
 * each reviewer gets both by direct message, and each approver the card.
 */
import { unique } from '../../domain/policy/policy.js';
import { MOST_ASKED_DIRECTLY } from '../../domain/request/asking.js';
import { askedNow } from '../../domain/request/request.js';
import { copyToPeople, readUnseen } from '../../ledger/messages/emergency-copies.js';
import { readRequests } from '../../ledger/requests/read-requests.js';
import { reviewersOf } from '../deciding/reviewers.js';
import type { Deps } from '../deps.js';
import { createPeopleReader, peopleBehind } from './people-reader.js';

/** Messages a round. */
const BATCH = 100;

/** Copies what they can't see to those who have no copy of it yet. */
export async function reachReviewers(
  deps: Pick<Deps, 'db' | 'config' | 'roles' | 'messenger' | 'outbox' | 'logger'>,
): Promise<void> {
  const unseen = await readUnseen(deps.db, BATCH);
  if (unseen.length === 0) return;
  const { requests } = await readRequests(
    deps.db,
    unseen.map(({ id }) => id),
  );
  const byId = new Map(requests.map((request) => [request.id, request]));
  const reader = createPeopleReader(deps.messenger);
  let told = 0;
  for (const { key, kind, id } of unseen) {
    const request = byId.get(id);
    if (request === undefined) continue;
    const reviewers = reviewersOf(deps, request);
    const concerned = kind === 'judge' ? reviewers : unique([...reviewers, ...askedNow(request)]);
    const people = await peopleBehind(reader, concerned, MOST_ASKED_DIRECTLY + 1);
    const others = people.filter((person) => person !== request.requester).slice(0, MOST_ASKED_DIRECTLY);
    const copies = await copyToPeople(deps.db, key, others);
    if (copies > 0) deps.logger.warn({ request: id, message: kind, people: copies }, 'told directly');
    told += copies;
  }
  if (told > 0) deps.outbox.kick();
}
