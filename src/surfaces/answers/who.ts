/** Who holds what, for operators. */
import { type AccessRequest, requestName } from '../../domain/request/request.js';
import type { Message } from '../kit/message.js';
import { code, inline, mention } from '../kit/text.js';
import { andMore, firstOf, plural } from '../kit/words.js';
import { headline, place, type Where } from '../request/state-words.js';
import { list, MOST_ENTRIES, say } from './private-message.js';

/** Names in one sentence. */
const MAX_NAMED = 10;
const MAX_TYPED = 100;

export interface Held {
  readonly request: AccessRequest;
  readonly where: Where;
}

/**
 * @param only the one instance that was asked about: its key; null: all.
 * @param total how many there are; `held` may be the first ones.
 */
export function whoHolds(
  command: string,
  only: { readonly key: string; readonly where: Where } | null,
  held: readonly Held[],
  total: number,
): Message {
  const on = only === null ? '' : ` on ${place(only.where)}`;
  if (total === 0) return say(`Hallpass has granted nothing${on} at the moment.`);
  const title = `${plural(total, 'role')} ${total === 1 ? 'is' : 'are'} granted${on}`;
  const entries = held.map(({ request, where }) => ({
    id: requestName(request.id),
    text: `${code(request.role)}${only === null ? ` on ${place(where)}` : ''} · ${mention(request.requester)} as ${code(request.login)}\n${headline(request, null).title} · ${requestName(request.id)}`,
    button: null,
  }));
  return list(title, entries, rest(command, only?.key ?? null, total));
}

function rest(command: string, only: string | null, total: number): string | null {
  const more = total - MOST_ENTRIES;
  if (more <= 0) return null;
  const all = code(only === null ? 'hallpass status' : `hallpass status ${only}`);
  const one = only === null ? `${code(`${command} who INSTANCE`)} narrows it; ` : '';
  return `…${andMore(more)}. ${one}${all} where Hallpass runs prints all of them.`;
}

/** @param known nearest first. */
export const noSuchInstance = (typed: string, known: readonly string[]): Message =>
  say(
    `No instance is called “${inline(typed, MAX_TYPED)}”. These are: ${firstOf(known.map(code), MAX_NAMED)}.`,
  );
