/**
 * The rules that approve without an approver. They are asked when a request is made, and again each minute while it
 * waits: a shift, or the hours of a rule, may have begun. All are asked at once; the first yes in their order decides.
 */
import type { RoleConfig } from '../../config/config.js';
import type { Policy } from '../../domain/policy/policy.js';
import { mayApproveAtOnce } from '../../domain/policy/rules.js';
import { pauseOn } from '../../domain/request/pause.js';
import { type AccessRequest, type RuleName, ruleOf } from '../../domain/request/request.js';
import { coerceError } from '../../errors.js';
import { releaseDeliveries } from '../../ledger/messages/deliveries.js';
import { readPending, readRequests } from '../../ledger/requests/read-requests.js';
import { readPauses } from '../../ledger/targets/pauses.js';
import { change } from '../change.js';
import type { Deps } from '../deps.js';
import { automatic } from './automatic.js';
import { type DangerReading, readingDanger } from './danger-limit.js';
import { type MembersNow, membersNow } from './members-now.js';
import { onCall } from './on-call.js';
import { repeat } from './repeat.js';
import type { Moment, Rule, RuleDeps, Wish } from './rule.js';
import type { RuleAnswer } from './rule-answer.js';
import { offeredToday, standsToday } from './standing.js';

/** In the order in which they decide. */
const RULES: readonly Rule[] = [repeat, onCall, automatic];

/** Those that may approve this request now. */
function rulesAsked(policy: Policy, request: Wish, now: Date): readonly Rule[] {
  return RULES.filter((rule) => rule.applies(policy, request, now));
}

/**
 * Asks the rules about a pending request, and approves it when one says yes. A card that was held back for the answer
 * goes out now, whatever the answer is.
 */
export async function considerRules(
  deps: Deps,
  id: number,
  members: MembersNow = membersNow(deps),
): Promise<void> {
  const { requests, now } = await readRequests(deps.db, [id]);
  const request = requests[0];
  if (request?.state !== 'pending') return;
  const { role } = offeredToday(deps, request, 'approve');
  // A rule decides for now, and now nothing is granted: it is asked again when granting has resumed.
  const isPaused = pauseOn(await readPauses(deps.db), request.target) !== null;
  const rules = role === null || isPaused ? [] : rulesAsked(role.policy, request, now);
  if (role !== null && rules.length > 0) await askRules(deps, rules, request, role, members);
  // Without a rule that holds it back, it waits for its preview.
  if (role !== null && !mayApproveAtOnce(role.policy)) return;
  await releaseDeliveries(deps.db, id);
  deps.outbox.kick();
}

async function askRules(
  deps: Deps,
  rules: readonly Rule[],
  request: AccessRequest,
  role: RoleConfig,
  members: MembersNow,
): Promise<void> {
  const { policy } = role;
  const danger = readingDanger(deps, role, request);
  const ask = () => answersOf(deps, rules, request, role, { danger, members });
  // Most requests have nothing but this to be asked, and it says no.
  const early = rules.every(({ name }) => name === 'repeat') ? await ask() : null;
  if (early !== null && firstYes(early) === null) return;
  // A rule must not approve what a person couldn't.
  const [standing, answers] = await Promise.all([
    standsToday(deps, request, role, 'approve', danger).catch(() => null),
    early ?? ask(),
  ]);
  if (standing === null || standing.objection !== null) return;
  const said = firstYes(answers);
  const yes = (await said?.stillHolds?.()) === false ? null : said;
  const note = noteOf(answers);
  // crash point: after-pagerduty-before-approved
  await change(deps, [request.id], (current) => {
    if (current.state !== 'pending') return null;
    if (yes === null) return { event: { type: 'on_call_said', note } };
    const { cleared } = standing;
    const { rule, through, maxMs } = yes;
    return {
      event: { type: 'approve_by_rule', rule, through, maxMs, cleared },
      audit: { ...yes.audit, policy, configHash: deps.config.hash },
      decision: { approver: rule, verdict: 'approve', via: through },
    };
  });
}

function answersOf(
  deps: RuleDeps,
  rules: readonly Rule[],
  request: Wish,
  role: RoleConfig,
  moment: Moment,
): Promise<readonly Answered[]> {
  return Promise.all(
    rules.map(async (rule) => ({ rule: rule.name, said: await rule.ask(deps, request, role, moment) })),
  );
}

/** What the rules say of a request that isn't made. Nothing is written. @param except those that can't be asked. */
export async function rulesAhead(
  deps: RuleDeps,
  wish: Wish,
  role: RoleConfig,
  moment: Moment,
  except: ReadonlySet<RuleName>,
): Promise<{ readonly yes: ReturnType<typeof firstYes>; readonly unsure: readonly string[] }> {
  const rules = rulesAsked(role.policy, wish, wish.createdAt).filter(({ name }) => !except.has(name));
  const answers = await Promise.all(
    rules.map((rule) =>
      answersOf(deps, [rule], wish, role, moment).catch((thrown: unknown): readonly Answered[] => [
        { rule: rule.name, said: { answer: 'unsure', why: coerceError(thrown).message } },
      ]),
    ),
  );
  const all = answers.flat();
  return {
    yes: firstYes(all),
    unsure: all.flatMap(({ said }) => (said.answer === 'unsure' ? [said.why] : [])),
  };
}

/** The rule that extends a grant without an approver; null when none does. @param lengthMs what it would last in all. */
export async function ruleExtending(
  deps: Deps,
  request: AccessRequest,
  role: RoleConfig,
  {
    danger,
    now,
    lengthMs,
  }: { readonly danger: DangerReading; readonly now: Date; readonly lengthMs: number },
): Promise<ReturnType<typeof firstYes>> {
  const whole = { ...request, wishedMs: lengthMs };
  const rules = rulesAsked(role.policy, whole, now).filter(({ extends: may }) => may);
  return firstYes(await answersOf(deps, rules, whole, role, { danger, members: membersNow(deps) }));
}

interface Answered {
  readonly rule: Rule['name'];
  readonly said: RuleAnswer;
}

/** The first rule that says yes; one that isn't sure keeps none behind it from saying so. */
function firstYes(answers: readonly Answered[]) {
  for (const { rule, said } of answers) {
    if (said.answer === 'yes') return { rule, ...said };
  }
  return null;
}

/** What the card says of on call; the other rules say nothing of what they don't approve. */
function noteOf(answers: readonly Answered[]): string | null {
  const said = answers.find(({ rule }) => rule === 'on_call')?.said;
  return said?.answer === 'unsure' ? said.why : null;
}

/** Asks again for everything that still waits. */
export async function reconsiderRules(deps: Deps, limit: number): Promise<void> {
  const { requests, now } = await readPending(deps.db, limit);
  const members = membersNow(deps);
  for (const request of requests) {
    const role = deps.roles.role(request.target, request.role);
    if (role !== undefined && rulesAsked(role.policy, request, now).length > 0) {
      await considerRules(deps, request.id, members);
    }
  }
}

/** The rule that approved it, asked again before its GRANT; null when people did, or when nothing of the rule perishes. */
export function ruleToAskAgain(request: AccessRequest): Rule | null {
  const name = ruleOf(request);
  return RULES.find((rule) => rule.name === name) ?? null;
}
