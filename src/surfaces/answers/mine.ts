/** What somebody holds and what waits, and which of it they give up. */
import type { Button } from '@slack/types';
import { type AccessRequest, canEnd, requestName } from '../../domain/request/request.js';
import { nearestFirst } from '../../domain/typed/nearest.js';
import { button } from '../kit/blocks.js';
import { ACTIONS, MINE } from '../kit/ids.js';
import type { Message } from '../kit/message.js';
import { code, inline, plainName } from '../kit/text.js';
import { andMore, firstOf, plural } from '../kit/words.js';
import { headline, place, type Where } from '../request/state-words.js';
import { type Entry, list, MOST_ENTRIES, say } from './private-message.js';

const MAX_TYPED = 100;
/** Names in one sentence. */
const MAX_NAMED = 10;

export interface Own {
  readonly request: AccessRequest;
  readonly where: Where;
}

/** @param total how many there are; `own` may be the first ones. */
export function mine(command: string, own: readonly Own[], total: number): Message {
  if (total === 0) {
    return say(`You hold no role, and no request of yours waits. ${code(command)} opens the form.`);
  }
  const waiting = own.filter(({ request }) => request.state === 'pending').length;
  const held = own.length - waiting;
  const title =
    own.length < total
      ? `You have ${plural(total, 'grant or request', 'grants and requests')}`
      : [
          ...(held > 0 ? [`You hold ${plural(held, 'role')}`] : []),
          ...(waiting > 0
            ? [`${plural(waiting, 'request')} of yours ${waiting === 1 ? 'waits' : 'wait'}`]
            : []),
        ].join('; ');
  return list(title, own.map(entry), rest(total));
}

/** Which of several is given up. @param total as above. */
export function whichOne(own: readonly Own[], total: number): Message {
  return list('Which one do you relinquish?', own.map(entry), rest(total));
}

function rest(total: number): string | null {
  const more = total - MOST_ENTRIES;
  return more > 0 ? `…${andMore(more)}. The Home tab of Hallpass lists all of them.` : null;
}

function entry({ request, where }: Own): Entry {
  const { mark, title } = headline(request, request.requester);
  return {
    id: `${MINE}:${requestName(request.id)}`,
    text: `${code(request.role)} on ${place(where)}\n:${mark}: ${title} · ${requestName(request.id)}`,
    button: buttonOf(request, where),
  };
}

function buttonOf(request: AccessRequest, { targetName }: Where): Button | null {
  const what = `${requestName(request.id)}: ${plainName(request.role, 63)} on ${plainName(targetName, 40)}`;
  if (request.state === 'pending') {
    return button(request, ACTIONS.withdraw, 'Cancel request', `Cancel request ${what}`);
  }
  return canEnd(request) ? button(request, ACTIONS.relinquish, 'Relinquish', `Relinquish ${what}`) : null;
}

export const relinquishing = ({ request, where }: Own): Message =>
  say(
    `You relinquished ${code(request.role)} on ${place(where)} (${requestName(request.id)}). A direct message says when it is revoked.`,
  );

/** @param typed '' when nothing was. @param held the roles that they could relinquish. */
export function nothingToRelinquish(typed: string, held: readonly string[]): Message {
  const roles = [...new Set(nearestFirst(typed, held))];
  if (roles.length === 0) return say('You hold no role now, so there is nothing to relinquish.');
  const named = firstOf(roles.map(code), MAX_NAMED);
  return say(`You don’t hold “${inline(typed, MAX_TYPED)}” now. You hold: ${named}.`);
}

/** Nobody else's request is told apart from one that isn't there. */
export const noSuchRequest = (typed: string): Message =>
  say(
    `You have no request “${inline(typed, MAX_TYPED)}”. A request’s number stands in its message, like ${code('R-1042')}.`,
  );

export const nothingToRepeat = (command: string): Message =>
  say(`You have not requested anything yet. ${code(command)} opens the form.`);
