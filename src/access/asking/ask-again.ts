/** Ask again: the form, filled in with what the same person asked for before. */
import type { ModalView } from '@slack/types';
import { type AccessRequest, parseRequestName } from '../../domain/request/request.js';
import { HallpassError } from '../../errors.js';
import { inTime } from '../../in-time.js';
import { readRequests } from '../../ledger/requests/read-requests.js';
import { logSecurity } from '../../security.js';
import { notRequester, unknownRequest } from '../../surfaces/answers/answers.js';
import { roleGone, roleUnsure, targetGone } from '../../surfaces/forms/form-words.js';
import type { Actor, Clicked } from '../access.js';
import type { Deps } from '../deps.js';
import { EMPTY, openForm } from './open-form.js';

/** The trigger lives 3 s, and the form itself waits for Slack a second. Milliseconds. */
const LEDGER_MS = 1_000;

/**
 * The form for the person who made this request; else what to tell them, in mrkdwn. Its reason is nobody else's to read. Where it
 * may be asked for is judged by where the button stands, as for a command that is typed there.
 * @throws HallpassError when the ledger doesn't answer in time.
 */
export async function openAgain(
  deps: Deps,
  actor: Actor,
  requestId: string,
  clicked: Clicked,
): Promise<{ readonly form: ModalView } | { readonly text: string }> {
  const id = parseRequestName(requestId);
  const { requests } = await inTime(LEDGER_MS, readRequests(deps.db, id === null ? [] : [id]), () => {
    throw new HallpassError('the ledger took too long', { passing: true });
  });
  const [request] = requests;
  if (request === undefined) return { text: unknownRequest(requestId) };
  if (request.requester !== actor.userId) {
    const facts = { user: actor.userId, request: request.id };
    logSecurity(deps.logger, 'not_the_requester', facts, 'refused to show what somebody else asked for');
    return { text: notRequester(request) };
  }
  return { form: await formAsIn(deps, actor, request, clicked?.channel ?? null) };
}

/** The form, filled in as this request was: what is no longer offered is said, and everything is to be looked at. */
export function formAsIn(
  deps: Deps,
  actor: Actor,
  { id, target: key, role, wishedMs: durationMs, reason }: AccessRequest,
  channel: string | null,
): Promise<ModalView> {
  const target = deps.config.targets.get(key) ?? null;
  const named = (target && deps.roles.offered(target.key, role)) ?? null;
  const gone =
    target === null
      ? targetGone(key)
      : named !== null
        ? null
        : deps.roles.isUnsure(target.key)
          ? roleUnsure(role, target.name)
          : roleGone(role, target.name);
  return openForm(deps, actor, {
    ...{ ...EMPTY, channel, target, role: named, durationMs, reason, says: gone },
    asIn: gone === null ? id : null,
  });
}
