/** What comes of what somebody typed after the command: a request, the form with what was typed, or an answer in words. */
import type { ModalView } from '@slack/types';
import { readRequest, readSubCommand, type SubCommand } from '../../domain/typed/typed-command.js';
import { howToType } from '../../surfaces/answers/typed.js';
import type { Message } from '../../surfaces/kit/message.js';
import type { Actor } from '../access.js';
import { openForm } from '../asking/open-form.js';
import type { Deps } from '../deps.js';
import { again } from './again.js';
import { fileAtOnce } from './file-at-once.js';
import { helped } from './help.js';
import { listMine } from './mine.js';
import { namesOf } from './names.js';
import { openingOf } from './opening.js';
import { relinquish } from './relinquish.js';
import { who } from './who.js';

export interface Typed {
  /** What follows the command, as it was typed. */
  readonly typed: string;
  /** The Slack channel; null when it is not known. */
  readonly channel: string | null;
  /** The same when Slack delivers the command twice. */
  readonly triggerId: string;
}

/** Seen by this person alone. */
export type Answered = { readonly form: ModalView } | { readonly message: Message };

type Sub = (deps: Deps, actor: Actor, words: readonly string[], channel: string | null) => Promise<Answered>;

/** What each does, and how many words it takes at most. */
const SUBS: Readonly<Record<SubCommand, readonly [most: number, does: Sub]>> = {
  help: [0, async (deps, actor) => ({ message: await helped(deps, actor) })],
  mine: [0, async (deps, actor) => ({ message: await listMine(deps, actor) })],
  again: [1, again],
  relinquish: [2, async (deps, actor, words) => ({ message: await relinquish(deps, actor, words) })],
  who: [1, async (deps, actor, words) => ({ message: await who(deps, actor, words[0] ?? null) })],
};

/** A second call with the same trigger makes no second request. */
export async function command(
  deps: Deps,
  actor: Actor,
  { typed, channel, triggerId }: Typed,
): Promise<Answered> {
  const sub = readSubCommand(typed);
  if (sub !== null) {
    const { name, words } = sub;
    const [most, does] = SUBS[name];
    if (words.length <= most) return does(deps, actor, words, channel);
    const isInstance = deps.config.targets.has(name);
    return { message: howToType(deps.config.slack.command, name, isInstance) };
  }
  const read = readRequest(typed, namesOf(deps));
  const filed = await fileAtOnce(deps, actor, read, { channel, triggerId });
  if (filed !== null && 'message' in filed) return filed;
  const opening = await openingOf(deps, actor, { typed, channel, read, says: filed?.says ?? null });
  return { form: await openForm(deps, actor, opening) };
}
