/** Relinquish, typed: the one role that they hold, the one that they name, or a question which. */
import { type AccessRequest, canEnd } from '../../domain/request/request.js';
import { readOpenBy } from '../../ledger/requests/of-person.js';
import * as answers from '../../surfaces/answers/answers.js';
import * as words from '../../surfaces/answers/mine.js';
import { say } from '../../surfaces/answers/private-message.js';
import type { Message } from '../../surfaces/kit/message.js';
import type { Actor } from '../access.js';
import { change } from '../change.js';
import type { Deps } from '../deps.js';
import { ownRequest } from './again.js';
import { ownOf } from './mine.js';
import { namesOf } from './names.js';

/** Many more than a person holds; with more, they name a number. */
const MOST_HELD = 500;

/** @param typed nothing, "R-1042", a role, an instance, or an instance and a role. */
export async function relinquish(deps: Deps, actor: Actor, typed: readonly string[]): Promise<Message> {
  const [first = ''] = typed;
  if (typed.length === 1 && /^(?:r-)?\d+$/iu.test(first)) {
    const request = await ownRequest(deps, actor, first);
    return request === null ? words.noSuchRequest(first) : give(deps, actor, request);
  }
  const { requests, total } = await readOpenBy(deps.db, actor.userId, MOST_HELD);
  const held = requests.filter(canEnd);
  const meant = typed.length === 0 ? held : held.filter(isCalled(deps, typed));
  const [only, ...others] = meant;
  if (only === undefined) {
    return words.nothingToRelinquish(
      typed.join(' '),
      held.map(({ role }) => role),
    );
  }
  if (others.length === 0) return give(deps, actor, only);
  const most = total > MOST_HELD ? total : meant.length;
  return words.whichOne(
    meant.map((request) => ownOf(deps, request)),
    most,
  );
}

/** Everything that was typed names its role or its instance. */
function isCalled(deps: Pick<Deps, 'config' | 'roles'>, typed: readonly string[]) {
  const { instances } = namesOf(deps);
  return ({ target, role }: AccessRequest): boolean => {
    const isIts = (word: string) =>
      word === role || word.toLowerCase() === role || word === target || instances(word).includes(target);
    // `shop-prod/orders_read`, too.
    return typed.every((word) => isIts(word) || word.split('/').every(isIts));
  };
}

/** As the button of the same name. */
async function give(deps: Deps, actor: Actor, request: AccessRequest): Promise<Message> {
  const event = { type: 'relinquish', by: actor.userId } as const;
  const outcome = (await change(deps, [request.id], () => ({ event }))).get(request.id);
  return outcome === undefined || outcome.ok
    ? words.relinquishing(ownOf(deps, request))
    : say(answers.refused(outcome.refusal, actor.userId));
}
