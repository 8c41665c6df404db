import type { RoleConfig, TargetConfig } from '../../config/config.js';
import { parseDuration } from '../../domain/duration.js';
import { UNJUDGED } from '../../domain/policy/emergency.js';
import type { Policy } from '../../domain/policy/policy.js';
import { fits } from '../../domain/policy/reason-rule.js';
import { mayApproveAtOnce } from '../../domain/policy/rules.js';
import type { LoginAnswer } from '../../domain/postgres/login.js';
import { inTime } from '../../in-time.js';
import { insertRequest, readTooMany } from '../../ledger/requests/insert-request.js';
import { readOpenRequest, readRequestOfView } from '../../ledger/requests/read-requests.js';
import { logSecurity, type SecurityEvent } from '../../security.js';
import { turnedAway } from '../../surfaces/answers/turned-away.js';
import * as words from '../../surfaces/forms/form-words.js';
import { BLOCKS, MAX_DURATION, MAX_REASON } from '../../surfaces/kit/ids.js';
import type { Unsaid } from '../../surfaces/kit/unsaid.js';
import type { Actor, Submission, Submitted } from '../access.js';
import { identify } from '../deciding/accounts.js';
import { breakGlass, breakGlassLate, mayBreakGlassNow } from '../deciding/break-glass.js';
import { considerRules } from '../deciding/by-rule.js';
import { rulesToday } from '../deciding/count-approvals.js';
import { aboveLimit, readingDanger } from '../deciding/danger-limit.js';
import { findLogin, resolveLogin } from '../deciding/logins.js';
import { releaseCard, showPreview } from '../deciding/preview.js';
import type { Deps } from '../deps.js';
import { keptText } from '../kept-text.js';
import { lookWhoDecidesNew } from '../telling/reach-approvers.js';
import { askServer } from './ask-server.js';
import { readScope, sayRefusal } from './eligibility.js';
import { askAgain } from './emergency.js';

/** How long Slack may take to say which scopes the app has, milliseconds. */
const LOOK_MS = 1_000;
/** How long the server may take to say which login an address means, milliseconds. */
const LOGIN_MS = 800;
/** The card waits this long for what a rule depends on: if it approves, approvers aren't disturbed. Milliseconds. */
const HOLD_CARD_MS = 2_500;
/** Without such a rule it waits for the preview, so that approvers see it before they click; milliseconds. */
const HOLD_FOR_PREVIEW_MS = 500;
/** A role that may be too dangerous is looked at before the request is made; milliseconds. */
const DANGER_MS = 1_500;

export interface WantedGrant {
  readonly target: TargetConfig;
  readonly role: RoleConfig;
  readonly login: string;
  readonly durationMs: number;
  readonly reason: string;
}

/** It is made, by this submission or by the same one before. */
export interface Made {
  readonly ok: true;
  readonly id: number;
  /** Settles when the rules were asked that may approve it at once; null: none may. */
  readonly considered: Promise<unknown> | null;
}

/** Makes a request of a submission, or says beside which field what is wrong. */
export async function submit(deps: Deps, actor: Actor, submission: Submission): Promise<Submitted | Made> {
  const who = await identify(deps, actor);
  if (!who.ok) return wrong('target', who.text);
  const refused = (security: SecurityEvent, facts: object = {}) =>
    logSecurity(deps.logger, security, { user: actor.userId, ...facts }, 'refused a request');
  const read = readForm(deps, submission, (target) => findLogin(deps.config, target, who.person), refused);
  if ('errors' in read) return read;
  const found = await resolveLogin(deps, read.target, who.person, LOGIN_MS);
  if (found.login === null) {
    if (found.because !== 'unread') refused('no_login', { target: read.target.key });
    return wrong('target', found.why);
  }
  const wish = { ...read, login: found.login };

  const { policy } = wish.role;
  const asking = { userId: actor.userId, channel: submission.channel };
  const pair = { target: wish.target.key, login: wish.login };
  const danger = readingDanger(deps, wish.role, pair, DANGER_MS);
  const [refusalOf, server, dangerous, today, untold, glass] = await Promise.all([
    readScope(deps, asking, [policy]),
    askServer(deps, wish),
    aboveLimit(wish.role, policy.maxDanger, danger),
    rulesToday(wish.role, wish.durationMs, danger),
    whyUntold(deps),
    submission.emergency === null ? null : mayBreakGlassNow(deps, wish.target.key, wish.role, actor.userId),
  ]);
  if (untold !== null) return wrong('target', words.cantBeTold(untold));
  const refusal = refusalOf(policy);
  if (refusal !== null) {
    refused(refusal.code, { target: wish.target.key, role: wish.role.role });
    return wrong('role', sayRefusal(wish.role, refusal));
  }
  if (server.refusal !== null) return wrong('role', server.refusal);
  if (dangerous !== null) {
    return wrong('role', words.serverProblem(wish.role.role, wish.target.name, `${dangerous.why}.`));
  }

  if (glass?.ok === false) {
    if (glass.code !== null) refused(glass.code, { target: wish.target.key, role: wish.role.role });
    return wrong('emergency', glass.why);
  }
  if (submission.emergency === 'asked') {
    const confirm = askAgain(deps, submission, wish);
    return confirm === null ? wrong('reason', words.reasonUnkept()) : { ok: true, confirm };
  }

  const request = await insertRequest(deps.db, {
    target: wish.target.key,
    role: wish.role.role,
    login: wish.login,
    requester: actor.userId,
    askedIn: submission.channel ?? '',
    reason: wish.reason,
    wishedMs: wish.durationMs,
    asked: today.asked,
    rules: today.rules,
    danger: today.danger,
    emergency: glass === null ? null : UNJUDGED,
    viewId: submission.viewId,
    pendingTimeoutMs: policy.pendingTimeoutMs,
    firstStepMs: policy.escalate[0]?.afterMs ?? null,
    configHash: deps.config.hash,
    channel: wish.role.channel,
    holdCardMs: mayApproveAtOnce(policy) && glass === null ? HOLD_CARD_MS : HOLD_FOR_PREVIEW_MS,
    limits: deps.config.limits,
  });
  if (request === null) return notMade(deps, actor, submission, wish, refused);
  // crash point: after-submit-before-answer
  if (glass !== null) await breakGlass(deps, request.id, { policy, via: glass.via, cleared: true });
  deps.outbox.kick();
  const byRule = mayApproveAtOnce(policy) && glass === null;
  const previewed = showPreview(deps, request, wish.role.terms);
  // What a rule approves is shown as approved from the start.
  deps.background(
    'preview the role',
    byRule ? previewed : previewed.then(() => releaseCard(deps, request.id)),
  );
  if (glass !== null) return { ok: true, id: request.id, considered: null };
  const considering = rulesThenPeople(deps, request.id);
  deps.background('ask the rules, and look who decides', considering);
  return { ok: true, id: request.id, considered: byRule ? considering : null };
}

/** A rule may make approvers unnecessary, so they are looked for afterwards. */
async function rulesThenPeople(deps: Deps, id: number): Promise<void> {
  try {
    await considerRules(deps, id);
  } finally {
    await lookWhoDecidesNew(deps, id);
  }
}

/** Without this scope Hallpass can't tell anyone of the request. Checked each time, because it can be removed any time. */
function whyUntold({ messenger }: Pick<Deps, 'messenger'>): Promise<Unsaid | null> {
  return inTime(
    LOOK_MS,
    messenger.lacks('chat:write').catch(() => null),
    () => null,
  );
}

function wrong(field: keyof typeof BLOCKS, text: string): Submitted & { ok: false } {
  return { ok: false, errors: { [BLOCKS[field]]: text } };
}

/** Everything that the form and the file alone can tell, all errors at once. */
function readForm(
  { config, roles }: Pick<Deps, 'config' | 'roles'>,
  submission: Submission,
  loginAt: (target: TargetConfig) => LoginAnswer,
  refused: (security: SecurityEvent, facts: object) => void,
): WantedGrant | (Submitted & { ok: false }) {
  const target = config.targets.get(submission.target ?? '');
  if (submission.target === null) return wrong('target', words.targetMissing());
  if (target === undefined) {
    refused('role_not_offered', { target: submission.target });
    return wrong('target', words.targetNotOffered(submission.target));
  }
  if (!target.grant) return wrong('target', words.notGranting(target.name));
  const answer = loginAt(target);
  if (answer.login === null) {
    refused('no_login', { target: target.key });
    return wrong('target', answer.why);
  }
  if (submission.role === null) return wrong('role', words.roleMissing());
  const role = roles.offered(target.key, submission.role);
  if (role === undefined) {
    if (roles.isUnsure(target.key)) return wrong('role', words.roleUnsure(submission.role, target.name));
    refused('role_not_offered', { target: target.key, role: submission.role });
    return wrong('role', words.roleNotOffered(submission.role, target.name));
  }

  const errors: Record<string, string> = {};
  const other = submission.otherDuration?.trim() ?? '';
  const field = other === '' ? BLOCKS.duration : BLOCKS.otherDuration;
  const durationMs =
    other.length > MAX_DURATION ? null : parseDuration(other === '' ? (submission.duration ?? '') : other);
  if (durationMs === null) {
    errors[field] = other === '' ? words.durationMissing() : words.durationUnreadable();
  } else if (durationMs > role.policy.maxMs) errors[field] = words.durationTooLong(role.policy.maxMs);
  else if (durationMs > longestOf(role.policy, submission))
    errors[field] = words.emergencyTooLong(longestOf(role.policy, submission));
  const reason = keptText(submission.reason);
  if (reason === '' && (role.policy.reasonRequired || submission.emergency !== null))
    errors[BLOCKS.reason] = words.reasonMissing();
  const rule = role.policy.reasonRule;
  if (reason.length > MAX_REASON) errors[BLOCKS.reason] = words.reasonTooLong(MAX_REASON);
  else if (rule !== null && reason !== '' && !fits(rule, reason)) {
    errors[BLOCKS.reason] = words.reasonUnfit(rule);
  }
  if (durationMs === null || Object.keys(errors).length > 0) return { ok: false, errors };
  return { target, role, login: answer.login, durationMs, reason };
}

function longestOf({ breakGlass: rule }: Policy, { emergency }: Submission): number {
  return emergency === null || rule === null ? Number.POSITIVE_INFINITY : rule.maxMs;
}

/** The ledger refused it: the same form was sent twice, the membership is asked for already, or it is one too many. */
async function notMade(
  deps: Deps,
  actor: Actor,
  submission: Submission,
  { target, role, login }: WantedGrant,
  refused: (security: SecurityEvent, facts: object) => void,
): Promise<Submitted | Made> {
  const same = await readRequestOfView(deps.db, submission.viewId);
  if (same !== null) {
    if (same.requester === actor.userId) {
      if (same.emergency !== null) await breakGlassLate(deps, same.id);
      return { ok: true, id: same.id, considered: null };
    }
    refused('form_of_another', { request: same.id });
    return wrong('target', turnedAway('altered_form', deps.config.slack.command));
  }
  const { requests } = await readOpenRequest(deps.db, { target: target.key, role: role.role, login });
  const open = requests[0];
  const tooMany = open === undefined ? await readTooMany(deps.db, actor.userId, deps.config.limits) : null;
  if (tooMany !== null) {
    refused(tooMany, {});
    return wrong('target', words.tooMany(tooMany, deps.config.limits));
  }
  // It ended between the two statements: the person sends the form again.
  if (open === undefined)
    return wrong('role', words.serverProblem(role.role, target.name, 'it just changed.'));
  if (open.requester !== actor.userId) return wrong('role', words.grantedThroughAnotherAccount(login));
  if (open.state === 'pending') deps.background('ask the rules', considerRules(deps, open.id));
  return wrong('role', words.alreadyAsked(open));
}
