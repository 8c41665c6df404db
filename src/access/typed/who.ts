/** Who holds what: for operators, because it names people and what they can do. What is overdue, or ends next, comes first. */
import { nearestFirst } from '../../domain/typed/nearest.js';
import { readRequests } from '../../ledger/requests/read-requests.js';
import { readStanding } from '../../ledger/requests/standing.js';
import * as answers from '../../surfaces/answers/answers.js';
import { MOST_ENTRIES, say } from '../../surfaces/answers/private-message.js';
import { noSuchInstance, whoHolds } from '../../surfaces/answers/who.js';
import type { Message } from '../../surfaces/kit/message.js';
import type { Actor } from '../access.js';
import { identify } from '../deciding/accounts.js';
import { refuseUnlessOperator } from '../deciding/operator.js';
import type { Deps } from '../deps.js';
import { OVERDUE_MS } from '../telling/overdue.js';
import { ownOf } from './mine.js';
import { namesOf } from './names.js';

/** @param typed an instance; null: all of them. */
export async function who(deps: Deps, actor: Actor, typed: string | null): Promise<Message> {
  const refusal = await whyNotOperator(deps, actor);
  if (refusal !== null) return say(refusal);
  const { command } = deps.config.slack;
  const [key = null] = typed === null ? [] : namesOf(deps).instances(typed);
  const target = deps.config.targets.get(key ?? '');
  if (typed !== null && target === undefined) {
    return noSuchInstance(typed, nearestFirst(typed, [...deps.config.targets.keys()]));
  }
  const page = { skip: 0, limit: MOST_ENTRIES, lateMs: OVERDUE_MS };
  const standing = await readStanding(deps.db, { target: key, requester: null }, page);
  const ids = standing.requests.map(({ id }) => id);
  const { requests } = await readRequests(deps.db, ids);
  const inOrder = requests.toSorted((one, other) => ids.indexOf(one.id) - ids.indexOf(other.id));
  const held = inOrder.map((request) => ownOf(deps, request));
  const where = target && { targetName: target.name, environment: target.environment };
  return whoHolds(command, target && where ? { key: target.key, where } : null, held, standing.total);
}

/** For the person, in mrkdwn; null when they are an operator. */
async function whyNotOperator(deps: Deps, actor: Actor): Promise<string | null> {
  const person = await identify(deps, actor);
  if (!person.ok) return person.text;
  const facts = { user: actor.userId };
  const refusal = await refuseUnlessOperator(deps, facts, 'refused to say who holds what');
  return refusal && (refusal.unread ?? answers.mayNotOperate(deps.config.operators));
}
