/** Makes a request of what was typed, when it is whole. */
import { shortDuration } from '../../domain/duration.js';
import type { TypedRequest } from '../../domain/typed/typed-command.js';
import { inTime } from '../../in-time.js';
import { notRequested, requested } from '../../surfaces/answers/typed.js';
import { BLOCKS } from '../../surfaces/kit/ids.js';
import type { Message } from '../../surfaces/kit/message.js';
import type { Actor } from '../access.js';
import { submit } from '../asking/submit.js';
import type { Deps } from '../deps.js';
import type { Typed } from './command.js';
import { ownMessage } from './own-message.js';

/** A rule may approve it at once: the answer waits so long to say so, milliseconds. It needs no trigger. */
const RULES_MS = 2_500;

/** What the form can put right. Found before anything is asked of a server, so the trigger still opens it. */
const IN_THE_FORM: ReadonlySet<string> = new Set([BLOCKS.duration, BLOCKS.otherDuration, BLOCKS.reason]);

/** @returns null: something is left out or unclear; `says`: what is wrong with it, for the form. */
export async function fileAtOnce(
  deps: Deps,
  actor: Actor,
  { instance, role, durationMs, reason, doubts }: TypedRequest,
  { channel, triggerId }: Pick<Typed, 'channel' | 'triggerId'>,
): Promise<{ readonly message: Message } | { readonly says: string } | null> {
  if (doubts.length > 0 || instance === null || role === null || durationMs === null) return null;
  const sent = await submit(deps, actor, {
    // No view of Slack's is called so.
    viewId: `command:${triggerId}`,
    channel,
    target: instance,
    role,
    duration: null,
    otherDuration: shortDuration(durationMs),
    reason,
    emergency: null,
  });
  if (!sent.ok) {
    const says = Object.values(sent.errors).join(' ');
    const isForForm = Object.keys(sent.errors).every((field) => IN_THE_FORM.has(field));
    return isForForm ? { says } : { message: notRequested(says) };
  }
  if (!('id' in sent)) return { message: requested() };
  if (sent.considered !== null) {
    // It is logged where it runs.
    await inTime(
      RULES_MS,
      sent.considered.catch(() => undefined),
      () => undefined,
    );
  }
  return { message: (await ownMessage(deps, actor, sent.id)) ?? requested() };
}
