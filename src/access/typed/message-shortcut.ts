/** "Access for this error", used on a message: the form with the roles that would give what the error names. */
import { inTime } from '../../in-time.js';
import { noErrorFound, noRoleFor, notRequested, slow } from '../../surfaces/answers/typed.js';
import type { Actor } from '../access.js';
import { rolesThatGive } from '../asking/by-object.js';
import { EMPTY, openForm } from '../asking/open-form.js';
import { identify } from '../deciding/accounts.js';
import type { Deps } from '../deps.js';
import type { Answered } from './command.js';
import { firstErrorLine, offersOf } from './offers.js';

/** The trigger lives 3 s, and the form itself takes a second; milliseconds. */
const LOOK_MS = 1_500;

/** @param text all that the message says, as people read it. */
export async function messageShortcut(
  deps: Deps,
  actor: Actor,
  { text, channel }: { readonly text: string; readonly channel: string | null },
): Promise<Answered> {
  const { command } = deps.config.slack;
  const who = await identify(deps, actor);
  if (!who.ok) return { message: notRequested(who.text) };
  const asked = { channel, target: null, text };
  const found = await inTime(LOOK_MS, rolesThatGive(deps, who.person, asked), () => null);
  if (found === null) return { message: slow(command) };
  if (found.kind === 'no_question' || found.wanted.asked !== 'error')
    return { message: noErrorFound(command) };
  if (found.kind !== 'roles') return { message: noRoleFor(found.text) };
  const opening = { ...EMPTY, ...offersOf(found), channel, reason: firstErrorLine(text) };
  return { form: await openForm(deps, actor, opening) };
}
