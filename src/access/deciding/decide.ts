import { isDeepStrictEqual } from 'node:util';
import type { RoleConfig } from '../../config/config.js';
import { askedToo } from '../../domain/escalation.js';
import { extensionLimit, lengthWith } from '../../domain/extension.js';
import { type Pause, pauseOn } from '../../domain/pause.js';
import {
  deciders,
  type MayDecide,
  mayDecide,
  type Policy,
  type Principal,
  unique,
} from '../../domain/policy.js';
import { type AccessRequest, askedNow, rulesOf } from '../../domain/request.js';
import type { Count, RequestEvent } from '../../domain/request-events.js';
import { whyRefused } from '../../domain/transition.js';
import { HallpassError } from '../../errors.js';
import { readPauses } from '../../ledger/pauses.js';
import { readRequests } from '../../ledger/read-requests.js';
import type { Person } from '../../messenger/messenger.js';
import { logSecurity } from '../../security.js';
import * as words from '../../surfaces/answers.js';
import { approvedWhilePaused, notExtendedWhilePaused } from '../../surfaces/pause.js';
import type { Actor, Clicked, Reply } from '../access.js';
import { change } from '../change.js';
import type { Deps } from '../deps.js';
import { identify, readGroups, whyUnsaid } from './accounts.js';
import { askExtension } from './ask-extension.js';
import { countApprovals, rulesToday, type Today } from './count-approvals.js';
import { type DangerReading, readingDanger } from './danger-limit.js';
import { findRequest } from './find-request.js';
import { knownAs } from './logins.js';
import { previewBefore } from './preview.js';
import { type Objection, offeredToday, standsToday } from './standing.js';

/** `extend`: grant what is granted for as long again as was asked for, from now on. */
type Verdict = 'approve' | 'deny' | 'extend';

/** What the approver chose beside their verdict. */
export interface Choice {
  /** Approve for at most so long, milliseconds. */
  readonly forMs?: number;
  /** Why they deny it. */
  readonly because?: string;
}

/** So many others approving while one click is looked at means that something is wrong. */
const MAX_ROUNDS = 20;

/** An approver approves, denies or extends. Everything is looked at again: the policy, the groups, the mapping, the danger, the clock. */
export async function decide(
  deps: Deps,
  verdict: Verdict,
  actor: Actor,
  requestId: string,
  clicked: Clicked,
  choice: Choice = {},
): Promise<Reply> {
  const who = await identify(deps, actor);
  if (!who.ok) return who;
  const found = await findRequest(deps, requestId, clicked);
  if (found === null) return { text: words.unknownRequest(requestId) };
  if (verdict === 'extend' && found.request.requester === actor.userId) {
    return askExtension(deps, found.request, found.now);
  }
  let reading = found;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const click = { ...reading, verdict: verdictOn(reading.request, verdict), person: who.person, choice };
    const answer = await decideOnce(deps, click);
    if (answer !== 'changed') return answer.reply;
    const { now, requests } = await readRequests(deps.db, [reading.request.id]);
    reading = { now, request: requests[0] ?? reading.request };
  }
  throw new HallpassError('the request kept changing while it was being decided', { passing: true });
}

type Doing = Verdict | 'deny_extension';

/** On a grant whose holder asks for an extension, Approve and Deny are about that. */
function verdictOn({ state, extensionAsk }: AccessRequest, verdict: Verdict): Doing {
  if (state !== 'active' || extensionAsk === null) return verdict;
  return verdict === 'deny' ? 'deny_extension' : 'extend';
}

interface Click {
  readonly request: AccessRequest;
  readonly now: Date;
  readonly verdict: Doing;
  readonly person: Person;
  readonly choice: Choice;
}

/** `changed`: others approved meanwhile, so it has to be counted again. */
async function decideOnce(deps: Deps, click: Click): Promise<{ readonly reply: Reply } | 'changed'> {
  const { request, now, verdict, person, choice } = click;
  const say = (text: string) => ({ reply: { text } });
  const suspicious = (security: Parameters<typeof logSecurity>[1]) =>
    logSecurity(deps.logger, security, { user: person.id, request: request.id }, 'refused a decision');
  const object = ({ code, text }: Objection) => {
    if (code !== null) suspicious(code);
    return say(text);
  };
  // Someone was quicker, or it is too late: nothing else needs to be looked at.
  const refusal = whyRefused(request, verdict, now);
  if (refusal !== null) return say(words.refused(refusal, person.id));

  const isDenial = verdict === 'deny' || verdict === 'deny_extension';
  const offered = offeredToday(deps, request, verdict === 'extend' ? 'extend' : 'approve');
  if (!isDenial && offered.role === null) return object(offered.objection);
  const role = offered.role;
  const limit = verdict === 'extend' && role !== null ? extensionLimit(request, role.policy, now) : null;
  if (limit?.maxMs === null) return say(words.noMoreExtensions(request, limit.because));
  const maxMs = Math.min(limit?.maxMs ?? role?.policy.maxMs ?? 0, choice.forMs ?? Number.POSITIVE_INFINITY);

  const danger = role === null ? null : readingDanger(deps, role, request);
  const today = await rulesAt(click, role, maxMs, danger);
  // The approvers who were asked may deny a request for a role that is no longer offered.
  const asked = today.rules.flatMap(({ from }) => from);
  const approvers = isDenial && role !== null ? mayDeny(request, role.policy) : unique(asked);
  const [groups, requester] = await Promise.all([
    readGroups(deps, approvers),
    deps.messenger.person(request.requester).catch(() => null),
  ]);
  const email = requester?.email ?? null;
  const decider = { userId: person.id, ...knownAs(deps.config, request.target, person), groups };
  const may = mayDecide(approvers, decider, { ...request, email });
  if (!may.ok) {
    suspicious(may.code);
    return say(whyNot(deps, may, request, approvers));
  }
  const before = (verdict === 'extend' ? request.extensionAsk?.approvals : request.approvals) ?? [];
  const counted = isDenial
    ? null
    : await countApprovals(deps, { ...today, request, email, groups }, before, decider);
  if (counted?.ok === false) {
    if (counted.code === 'unread') {
      return say(words.groupUnreadable(counted.groups, whyUnsaid(deps, counted.groups)));
    }
    if (counted.code === 'twin') suspicious('same_approver');
    return say(words.alreadyApproved(request, counted.code));
  }
  if (verdict === 'extend') {
    const pause = await pauseAt(deps, request);
    if (pause !== null) return say(notExtendedWhilePaused(request, pause));
  }
  const [standing] = await Promise.all([
    isDenial || role === null ? null : standsToday(deps, request, role, verdict, danger ?? undefined),
    verdict === 'approve' ? previewBefore(deps, request) : null,
  ]);
  if (standing?.objection) return object(standing.objection);
  const event = eventOf(verdict, {
    by: person.id,
    via: may.via,
    maxMs,
    cleared: standing?.cleared === true,
    count: counted?.count,
    because: choice.because,
  });
  return write(deps, click, event, role);
}

function mayDeny({ state, stepsTold }: AccessRequest, policy: Policy): readonly Principal[] {
  return askedToo(deciders(policy), policy.escalate, state === 'pending' ? stepsTold : 0);
}

/** The rules that this click is counted under; for a role that is no longer offered, those that it was asked under. */
async function rulesAt(
  { request, now, verdict }: Click,
  role: RoleConfig | null,
  maxMs: number,
  danger: DangerReading | null,
): Promise<Today> {
  if (role === null || danger === null || verdict === 'deny' || verdict === 'deny_extension') {
    return { rules: rulesOf(request), asked: askedNow(request), danger: request.danger };
  }
  const durationMs =
    verdict === 'extend' ? lengthWith(request, maxMs, now) : Math.min(request.durationMs, maxMs);
  return rulesToday(role, durationMs, danger, verdict === 'approve' ? request.stepsTold : 0);
}

async function write(
  deps: Deps,
  { request, verdict, person }: Click,
  event: RequestEvent & { readonly via: string },
  role: RoleConfig | null,
): Promise<{ readonly reply: Reply } | 'changed'> {
  const audit = { policy: role?.policy ?? null, configHash: deps.config.hash };
  const isDecision = verdict === 'approve' || verdict === 'deny';
  const decision = isDecision ? { approver: person.id, verdict, via: event.via } : null;
  const outcomes = await change(deps, [request.id], (current) =>
    isCountedAlike(current, request) ? { event, audit, decision } : null,
  );
  const outcome = outcomes.get(request.id);
  if (outcome === undefined) return 'changed';
  if (!outcome.ok) return { reply: { text: words.refused(outcome.refusal, person.id) } };
  const pause = outcome.request.state === 'granting' ? await pauseAt(deps, request) : null;
  return { reply: pause === null ? null : { text: approvedWhilePaused(request, pause) } };
}

function isCountedAlike(one: AccessRequest, other: AccessRequest): boolean {
  return (
    isDeepStrictEqual(one.approvals, other.approvals) &&
    isDeepStrictEqual(one.extensionAsk, other.extensionAsk)
  );
}

async function pauseAt({ db }: Pick<Deps, 'db'>, { target }: AccessRequest): Promise<Pause | null> {
  return pauseOn(await readPauses(db), target);
}

function eventOf(
  type: Doing,
  facts: {
    readonly by: string;
    readonly via: string;
    readonly maxMs: number;
    readonly cleared: boolean;
    readonly count: Count | undefined;
    readonly because: string | undefined;
  },
) {
  const { by, via, maxMs, cleared, count, because } = facts;
  switch (type) {
    case 'deny':
    case 'deny_extension':
      return { type, by, via, ...(because !== undefined && { because }) };
    case 'extend':
      return { type, by, via, maxMs, ...(count !== undefined && { count }) };
    case 'approve':
      return { type, by, via, maxMs, cleared, ...(count !== undefined && { count }) };
  }
}

function whyNot(
  deps: Pick<Deps, 'messenger'>,
  may: Exclude<MayDecide, { ok: true }>,
  request: AccessRequest,
  approvers: readonly Principal[],
): string {
  switch (may.code) {
    case 'own_request':
      return words.ownRequest(request, approvers);
    case 'same_login':
      return words.sameLogin(request, approvers);
    case 'same_email':
      return words.sameEmail(request, approvers);
    case 'not_an_approver':
      return words.notApprover(request, approvers);
    case 'group_unknown':
      return words.groupUnreadable(may.groups, whyUnsaid(deps, may.groups));
  }
}
