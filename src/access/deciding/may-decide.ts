/** Whether somebody may make a decision now: looked at when they click, and again when their form is sent. */
import type { RoleConfig } from '../../config/config.js';
import {
  type DeciderFacts,
  deciders,
  type MayDecide,
  mayDecide,
  type Policy,
  type Principal,
  unique,
} from '../../domain/policy/policy.js';
import { askedToo } from '../../domain/request/escalation.js';
import { extensionLimit, lengthWith } from '../../domain/request/extension.js';
import { type AccessRequest, askedNow, rulesOf } from '../../domain/request/request.js';
import { whyRefused } from '../../domain/request/transitions/refusals.js';
import type { Person } from '../../messenger/messenger.js';
import { logSecurity } from '../../security.js';
import * as words from '../../surfaces/answers/answers.js';
import type { Deps } from '../deps.js';
import { readGroups, whyUnsaid } from './accounts.js';
import type { Counting, Today } from './approvers-today.js';
import { rulesToday } from './count-approvals.js';
import { type DangerReading, readingDanger } from './danger-limit.js';
import { knownAs } from './logins.js';
import { type Objection, offeredToday } from './standing.js';

/** `extend`: grant what is granted for as long again, from now on. */
export type Verdict = 'approve' | 'deny' | 'extend';
export type Doing = Verdict | 'deny_extension';

/** A request as it stands, and what an approver is about to do with it. */
export interface Click {
  readonly request: AccessRequest;
  /** The ledger's clock. */
  readonly now: Date;
  readonly doing: Doing;
  readonly person: Person;
  /** The longest that this approver allows, milliseconds. */
  readonly forMs: number;
}

export type MayNow =
  | {
      readonly ok: true;
      readonly via: string;
      /** As it is offered today; null when it no longer is, and the verdict is to deny. */
      readonly role: RoleConfig | null;
      /** The most that policy and approver allow, milliseconds. */
      readonly maxMs: number;
      readonly danger: DangerReading | null;
      readonly counting: Counting;
      readonly decider: DeciderFacts;
    }
  /** `text`: for who decides, in mrkdwn. */
  | { readonly ok: false; readonly text: string };

/** On a grant whose holder asks for an extension, Approve and Deny are about that. */
export function doingOn({ state, extensionAsk }: AccessRequest, verdict: Verdict): Doing {
  if (state !== 'active' || extensionAsk === null) return verdict;
  return verdict === 'deny' ? 'deny_extension' : 'extend';
}

/** Asks the state table and who decides today; not what an approval depends on besides (standing.ts). */
export async function mayDecideNow(
  deps: Pick<Deps, 'config' | 'roles' | 'messenger' | 'logger' | 'inspectors'>,
  click: Click,
): Promise<MayNow> {
  const { request, now, doing, person, forMs } = click;
  const refuse = (objection: Objection) => ({ ok: false as const, text: say(deps, click, objection) });
  // Someone was quicker, or it is too late: nothing else needs to be looked at.
  const refusal = whyRefused(request, doing, now);
  if (refusal !== null) return refuse({ code: null, text: words.refused(refusal, person.id) });

  const isDenial = doing === 'deny' || doing === 'deny_extension';
  const offered = offeredToday(deps, request, doing === 'extend' ? 'extend' : 'approve');
  if (!isDenial && offered.role === null) return refuse(offered.objection);
  const { role } = offered;
  const limit = doing === 'extend' && role !== null ? extensionLimit(request, role.policy, now) : null;
  if (limit?.maxMs === null) {
    return refuse({ code: null, text: words.noMoreExtensions(request, limit.because) });
  }
  const maxMs = Math.min(limit?.maxMs ?? role?.policy.maxMs ?? 0, forMs);
  const danger = role === null ? null : readingDanger(deps, role, request);
  const today = await rulesAt(click, role, maxMs, danger);
  // The approvers who were asked may deny a request for a role that is no longer offered.
  const approvers =
    isDenial && role !== null
      ? mayDeny(request, role.policy)
      : unique(today.rules.flatMap(({ from }) => from));
  const [groups, requester] = await Promise.all([
    readGroups(deps, approvers),
    deps.messenger.person(request.requester).catch(() => null),
  ]);
  const decider = { userId: person.id, ...knownAs(deps.config, request.target, person), groups };
  const email = requester?.email ?? null;
  const may = mayDecide(approvers, decider, { ...request, email });
  if (!may.ok) return refuse({ code: may.code, text: whyNot(deps, may, request, approvers) });
  const counting = { ...today, request, email, groups };
  return { ok: true, via: may.via, role, maxMs, danger, counting, decider };
}

function mayDeny({ state, stepsTold }: AccessRequest, policy: Policy): readonly Principal[] {
  return askedToo(deciders(policy), policy.escalate, state === 'pending' ? stepsTold : 0);
}

/** The rules that this click is counted under; for a role that is no longer offered, those that it was asked under. */
async function rulesAt(
  { request, now, doing }: Click,
  role: RoleConfig | null,
  maxMs: number,
  danger: DangerReading | null,
): Promise<Today> {
  if (role === null || danger === null || doing === 'deny' || doing === 'deny_extension') {
    return { rules: rulesOf(request), asked: askedNow(request), danger: request.danger };
  }
  return doing === 'extend'
    ? rulesToday(role, lengthWith(request, maxMs, now), danger)
    : rulesToday(role, Math.min(request.durationMs, maxMs), danger, request.stepsTold);
}

/** What the person reads of an objection, of which a security team hears. */
export function say(
  { logger }: Pick<Deps, 'logger'>,
  { person, request }: Pick<Click, 'person' | 'request'>,
  { code, text }: Objection,
): string {
  if (code !== null)
    logSecurity(logger, code, { user: person.id, request: request.id }, 'refused a decision');
  return text;
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
