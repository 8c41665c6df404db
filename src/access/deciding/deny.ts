/** Denying: a form asks for the reason, and everything is looked at again when it is sent. */
import type { ModalView } from '@slack/types';
import { type AccessRequest, parseRequestName } from '../../domain/request/request.js';
import { inTime } from '../../in-time.js';
import { readRequests } from '../../ledger/requests/read-requests.js';
import { unknownRequest } from '../../surfaces/answers/answers.js';
import { denyForm, nothingToDeny } from '../../surfaces/forms/deny-form.js';
import { denyReasonMissing, reasonTooLong } from '../../surfaces/forms/form-words.js';
import { BLOCKS, MAX_REASON } from '../../surfaces/kit/ids.js';
import type { Actor, Clicked, Denial, Submitted } from '../access.js';
import type { Deps } from '../deps.js';
import { keptText } from '../kept-text.js';
import { sceneOf } from '../telling/message-of.js';
import { identify } from './accounts.js';
import { decide } from './decide.js';
import { findRequest } from './find-request.js';
import { doingOn, mayDecideNow } from './may-decide.js';

/** The form opens without what wasn't said by then, because its trigger lives 3 s. Milliseconds. */
const LOOK_MS = 1_000;

export type Denied =
  | Submitted
  /** What the form shows from now on. */
  | { readonly ok: false; readonly view: ModalView };

/** The form for who may deny it now, or as far as can be told within a second; else what to tell them, in mrkdwn. */
export async function openDenial(
  deps: Deps,
  actor: Actor,
  requestId: string,
  clicked: Clicked,
): Promise<{ readonly form: ModalView } | { readonly text: string }> {
  const finding = findRequest(deps, requestId, clicked);
  const why = await inTime(LOOK_MS, whyNot(deps, actor, requestId, finding), () => null);
  if (why !== null) return { text: why };
  const found = await inTime(1, finding, () => null);
  return { form: formFor(deps, requestId, clicked, found?.request ?? null, null) };
}

async function whyNot(
  deps: Deps,
  actor: Actor,
  requestId: string,
  finding: ReturnType<typeof findRequest>,
): Promise<string | null> {
  const [who, found] = await Promise.all([identify(deps, actor), finding]);
  if (!who.ok) return who.text;
  if (found === null) return unknownRequest(requestId);
  const doing = doingOn(found.request, 'deny');
  const may = await mayDecideNow(deps, {
    ...found,
    doing,
    person: who.person,
    forMs: Number.POSITIVE_INFINITY,
  });
  return may.ok ? null : may.text;
}

function formFor(
  deps: Pick<Deps, 'config' | 'roles'>,
  requestId: string,
  clicked: Clicked,
  request: AccessRequest | null,
  notice: string | null,
): ModalView {
  const what = request && { request, where: sceneOf(deps, request) };
  return denyForm({ requestId, clicked, what, reasonRequired: needsReason(deps, request), notice });
}

/** Today's policy; a role that left the configuration has none. */
function needsReason({ roles }: Pick<Deps, 'roles'>, request: AccessRequest | null): boolean {
  if (request === null) return false;
  return roles.role(request.target, request.role)?.policy.denyReasonRequired ?? false;
}

/** Denies it, or says beside the field or in the form why not. The same form sent twice is one denial. */
export async function deny(deps: Deps, actor: Actor, denial: Denial): Promise<Denied> {
  const { requestId, clicked } = denial;
  const because = keptText(denial.reason);
  if (because.length > MAX_REASON) return wrong(reasonTooLong(MAX_REASON));
  if (because === '') {
    const request = await readNow(deps, requestId);
    if (request !== undefined && waits(request) && needsReason(deps, request))
      return wrong(denyReasonMissing());
  }
  const options = because === '' ? {} : { because };
  const reply = await decide(deps, 'deny', actor, requestId, clicked, options);
  if (reply === null) return { ok: true };
  const request = await readNow(deps, requestId);
  if (request?.state === 'denied' && request.decidedBy === actor.userId) {
    if ((request.deniedBecause ?? '') === because) return { ok: true };
  }
  // While it waits, what was typed stays: Slack may say in a moment who is in a group.
  const view =
    request !== undefined && waits(request)
      ? formFor(deps, requestId, clicked, request, reply.text)
      : nothingToDeny(requestId, reply.text);
  return { ok: false, view };
}

/** Is there something to deny: the request, or an extension that its holder asks for? */
function waits({ state, extensionAsk }: AccessRequest): boolean {
  return state === 'pending' || (state === 'active' && extensionAsk !== null);
}

function wrong(text: string): Denied {
  return { ok: false, errors: { [BLOCKS.reason]: text } };
}

async function readNow({ db }: Pick<Deps, 'db'>, requestId: string): Promise<AccessRequest | undefined> {
  const id = parseRequestName(requestId);
  return id === null ? undefined : (await readRequests(db, [id])).requests[0];
}
