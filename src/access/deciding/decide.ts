import { isDeepStrictEqual } from 'node:util';
import type { RoleConfig } from '../../config/config.js';
import { latestEnd } from '../../domain/request/extension.js';
import { type Pause, pauseOn } from '../../domain/request/pause.js';
import type { AccessRequest } from '../../domain/request/request.js';
import type { RequestEvent } from '../../domain/request/request-events.js';
import { HallpassError } from '../../errors.js';
import { readRequests } from '../../ledger/requests/read-requests.js';
import { readPauses } from '../../ledger/targets/pauses.js';
import * as words from '../../surfaces/answers/answers.js';
import { approvedWhilePaused, notExtendedWhilePaused } from '../../surfaces/operators/pause.js';
import type { Actor, Clicked, Reply } from '../access.js';
import { change } from '../change.js';
import type { Deps } from '../deps.js';
import { identify, whyUnsaid } from './accounts.js';
import { askExtension } from './ask-extension.js';
import { countApprovals } from './count-approvals.js';
import { findRequest } from './find-request.js';
import { type Click, type Doing, doingOn, mayDecideNow, say, type Verdict } from './may-decide.js';
import { previewBefore } from './preview.js';
import { standsToday } from './standing.js';

/** What comes with a decision. */
interface Options {
  /** Why it is denied, in the approver's words. */
  readonly because?: string;
  /** The longest that this approver allows, milliseconds: one of the durations that today's policy offers. */
  readonly forMs?: number;
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
  { because, forMs = Number.POSITIVE_INFINITY }: Options = {},
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
    const { request } = reading;
    const click = { ...reading, doing: doingOn(request, verdict), person: who.person, forMs };
    const answer = await decideOnce(deps, click, because);
    if (answer !== 'changed') return answer.reply;
    const { now, requests } = await readRequests(deps.db, [request.id]);
    reading = { now, request: requests[0] ?? request };
  }
  throw new HallpassError('the request kept changing while it was being decided', { passing: true });
}

type Answer = { readonly reply: Reply };

/** `changed`: others approved meanwhile, so it has to be counted again. */
async function decideOnce(
  deps: Deps,
  click: Click,
  because: string | undefined,
): Promise<Answer | 'changed'> {
  const { request, now, doing, person, forMs } = click;
  const refuse = (text: string): Answer => ({ reply: { text } });
  const may = await mayDecideNow(deps, click);
  if (!may.ok) return refuse(may.text);
  const { role, via, maxMs, danger, counting, decider } = may;
  if (doing === 'deny' || doing === 'deny_extension') {
    return write(
      deps,
      click,
      { type: doing, by: person.id, via, ...(because !== undefined && { because }) },
      role,
    );
  }
  if (Number.isFinite(forMs) && !(role?.policy.durationsMs.includes(forMs) && forMs <= request.wishedMs)) {
    return refuse(words.notForSoLong(request, forMs));
  }
  const before = (doing === 'extend' ? request.extensionAsk?.approvals : request.approvals) ?? [];
  const counted = await countApprovals(deps, counting, before, decider);
  if (!counted.ok) {
    if (counted.code === 'unread') {
      return refuse(words.groupUnreadable(counted.groups, whyUnsaid(deps, counted.groups)));
    }
    const code = counted.code === 'twin' ? 'same_approver' : null;
    return refuse(say(deps, click, { code, text: words.alreadyApproved(request, counted.code) }));
  }
  const pause = doing === 'extend' ? await pauseAt(deps, request) : null;
  if (pause !== null) return refuse(notExtendedWhilePaused(request, pause));
  const [standing] = await Promise.all([
    role === null ? null : standsToday(deps, request, role, doing, danger ?? undefined),
    doing === 'approve' ? previewBefore(deps, request) : null,
  ]);
  if (standing?.objection) return refuse(say(deps, click, standing.objection));
  const event = { by: person.id, via, maxMs, count: counted.count };
  return write(
    deps,
    click,
    doing === 'approve'
      ? { ...event, type: doing, cleared: standing?.cleared === true }
      : { ...event, type: doing, latest: latestEnd(request, maxMs, now) },
    role,
  );
}

async function write(
  deps: Deps,
  { request, doing, person }: Click,
  event: RequestEvent & { readonly via: string },
  role: RoleConfig | null,
): Promise<Answer | 'changed'> {
  const audit = { policy: role?.policy ?? null, configHash: deps.config.hash };
  const decision = isDecision(doing) ? { approver: person.id, verdict: doing, via: event.via } : null;
  const outcomes = await change(deps, [request.id], (current) =>
    isCountedAlike(current, request) ? { event, audit, decision } : null,
  );
  const outcome = outcomes.get(request.id);
  if (outcome === undefined) return 'changed';
  if (!outcome.ok) return { reply: { text: words.refused(outcome.refusal, person.id) } };
  const pause = outcome.request.state === 'granting' ? await pauseAt(deps, request) : null;
  return { reply: pause === null ? null : { text: approvedWhilePaused(request, pause) } };
}

function isDecision(doing: Doing): doing is 'approve' | 'deny' {
  return doing === 'approve' || doing === 'deny';
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
