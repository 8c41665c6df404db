import type { AccessRequest } from '../../domain/request/request.js';
import { readOpenBy } from '../../ledger/requests/of-person.js';
import { mine, type Own } from '../../surfaces/answers/mine.js';
import { MOST_ENTRIES } from '../../surfaces/answers/private-message.js';
import type { Message } from '../../surfaces/kit/message.js';
import type { Actor } from '../access.js';
import type { Deps } from '../deps.js';
import { sceneOf } from '../telling/message-of.js';

/** What this person holds and what waits. Takes no eligibility: giving access up doesn't either. */
export async function listMine(
  deps: Pick<Deps, 'db' | 'config' | 'roles'>,
  { userId }: Actor,
): Promise<Message> {
  const { requests, total } = await readOpenBy(deps.db, userId, MOST_ENTRIES);
  return mine(
    deps.config.slack.command,
    requests.map((request) => ownOf(deps, request)),
    total,
  );
}

export function ownOf(deps: Pick<Deps, 'config' | 'roles'>, request: AccessRequest): Own {
  return { request, where: sceneOf(deps, request) };
}
