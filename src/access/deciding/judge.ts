/** Was an emergency justified? A reviewer who didn't use it says so, once, in a sentence. */
import type { ModalView } from '@slack/types';
import { isEmergency, isReviewDue, type Verdict } from '../../domain/policy/emergency.js';
import { type MayDecide, mayDecide } from '../../domain/policy/policy.js';
import { type AccessRequest, parseRequestName } from '../../domain/request/request.js';
import { readRequests } from '../../ledger/requests/read-requests.js';
import { logSecurity } from '../../security.js';
import { unknownRequest } from '../../surfaces/answers/answers.js';
import * as words from '../../surfaces/answers/reviewer-answers.js';
import { judgeModal } from '../../surfaces/forms/emergency-forms.js';
import { BLOCKS, MAX_REASON } from '../../surfaces/kit/ids.js';
import type { Actor, Reply, Submitted } from '../access.js';
import { change } from '../change.js';
import type { Deps } from '../deps.js';
import { keptText } from '../kept-text.js';
import { sceneOf } from '../telling/message-of.js';
import { sendPages } from '../telling/pages.js';
import { identify, readGroups, whyUnsaid } from './accounts.js';
import { knownAs } from './logins.js';
import { reviewersOf } from './reviewers.js';

/** The form has to open within Slack's three seconds; milliseconds. */
const GROUPS_MS = 1_000;

/** What the form keeps, and what was typed; none of it is trusted. */
export interface Judgement {
  /** "R-1042". */
  readonly requestId: string;
  readonly verdict: Verdict;
  readonly words: string | null;
}

/** The form for a reviewer's sentence, or why they may not review this. */
export async function openJudging(
  deps: Deps,
  actor: Actor,
  requestId: string,
  verdict: Verdict,
): Promise<{ readonly form: ModalView } | NonNullable<Reply>> {
  const looked = await look(deps, actor, requestId);
  if ('text' in looked) return looked;
  const kept = JSON.stringify({ v: 1, requestId, verdict });
  return { form: judgeModal(looked.request, verdict, sceneOf(deps, looked.request), kept) };
}

/** Records what a reviewer says, or answers beside their words why it doesn't count. */
export async function judge(deps: Deps, actor: Actor, judgement: Judgement): Promise<Submitted> {
  const { requestId, verdict } = judgement;
  const wrong = (text: string): Submitted => ({ ok: false, errors: { [BLOCKS.words]: text } });
  const said = keptText(judgement.words);
  if (said === '' || said.length > MAX_REASON) return wrong(words.wordsMissing(MAX_REASON));
  const looked = await look(deps, actor, requestId);
  if ('text' in looked) return wrong(looked.plain);
  const { request, via } = looked;
  const outcomes = await change(deps, [request.id], (current) => {
    if (!isReviewDue(current)) return null;
    return {
      event: { type: 'judged', by: actor.userId, via, verdict, words: said },
      notes:
        verdict === 'justified'
          ? []
          : [
              {
                key: `misused:${request.id}`,
                kind: 'misused',
                recipient: deps.config.slack.operatorsChannel,
              },
            ],
    };
  });
  if (outcomes.get(request.id)?.ok === true) {
    if (deps.events !== null) deps.background('page the operators', sendPages(deps));
    return { ok: true };
  }
  const { requests } = await readRequests(deps.db, [request.id]);
  const after = requests[0]?.emergency ?? null;
  // The same answer of the same person, sent twice.
  if (after?.by === actor.userId && after.verdict === verdict && after.words === said) return { ok: true };
  return wrong(words.judgedAlready(requests[0] ?? request, actor.userId).plain);
}

type Looked =
  | { readonly request: AccessRequest; readonly via: string }
  /** Why not: for a message, and for the errors of a form. */
  | words.Said;

async function look(deps: Deps, actor: Actor, requestId: string): Promise<Looked> {
  const who = await identify(deps, actor);
  if (!who.ok) return { text: who.text, plain: who.text };
  const id = parseRequestName(requestId);
  const { requests } = await readRequests(deps.db, id === null ? [] : [id]);
  const request = requests[0];
  const suspicious = (security: Parameters<typeof logSecurity>[1]) =>
    logSecurity(deps.logger, security, { user: actor.userId, request: requestId }, 'refused a review');
  if (request === undefined || !isEmergency(request)) {
    suspicious('unknown_request');
    const text = unknownRequest(requestId);
    return { text, plain: words.unknown() };
  }
  const reviewers = reviewersOf(deps, request);
  const [groups, requester] = await Promise.all([
    readGroups(deps, reviewers, GROUPS_MS),
    deps.messenger.person(request.requester).catch(() => null),
  ]);
  const facts = { userId: actor.userId, ...knownAs(deps.config, request.target, who.person), groups };
  const may: MayDecide = mayDecide(reviewers, facts, { ...request, email: requester?.email ?? null });
  if (!may.ok) {
    suspicious(may.code === 'not_an_approver' ? 'not_a_reviewer' : may.code);
    if (may.code === 'group_unknown') return words.reviewersUnread(may.groups, whyUnsaid(deps, may.groups));
    return may.code === 'not_an_approver'
      ? words.notReviewer(request, reviewers)
      : words.ownEmergency(request, reviewers);
  }
  return isReviewDue(request) ? { request, via: may.via } : words.judgedAlready(request, actor.userId);
}
