/** The same once more: the form, filled in as an earlier request was. It asks, because much may have changed since. */
import { type AccessRequest, parseRequestName } from '../../domain/request/request.js';
import { readLastBy } from '../../ledger/requests/of-person.js';
import { readRequests } from '../../ledger/requests/read-requests.js';
import { logSecurity } from '../../security.js';
import { noSuchRequest, nothingToRepeat } from '../../surfaces/answers/mine.js';
import type { Actor } from '../access.js';
import { formAsIn } from '../asking/ask-again.js';
import type { Deps } from '../deps.js';
import type { Answered } from './command.js';

export async function again(
  deps: Deps,
  actor: Actor,
  [named]: readonly string[],
  channel: string | null,
): Promise<Answered> {
  const request =
    named === undefined ? await readLastBy(deps.db, actor.userId) : await ownRequest(deps, actor, named);
  if (request === null) {
    const { command } = deps.config.slack;
    return { message: named === undefined ? nothingToRepeat(command) : noSuchRequest(named) };
  }
  return { form: await formAsIn(deps, actor, request, channel) };
}

/** This person's request of that number, "R-1042" or "1042"; null when there is none, or it is somebody else's. */
export async function ownRequest(
  { db, logger }: Pick<Deps, 'db' | 'logger'>,
  actor: Actor,
  named: string,
): Promise<AccessRequest | null> {
  const id = parseRequestName(named.toUpperCase().replace(/^(?!R-)/, 'R-'));
  const [request] = id === null ? [] : (await readRequests(db, [id])).requests;
  if (request === undefined) return null;
  if (request.requester === actor.userId) return request;
  const facts = { user: actor.userId, request: request.id };
  logSecurity(logger, 'not_the_requester', facts, 'refused to show a request');
  return null;
}
