/** Looks up what a request would meet, by the parts that a real one passes. Changes nothing, and needs no ledger. */
import type { RoleConfig, TargetConfig } from '../../config/config.js';
import { type Evaluation, evaluate, type Obstacle } from '../../domain/policy/evaluate.js';
import { isGroup, type Policy, unique } from '../../domain/policy/policy.js';
import type { PreviewResult } from '../../domain/postgres/preview.js';
import { rulesAfter } from '../../domain/request/escalation.js';
import type { RuleName } from '../../domain/request/request.js';
import type { Person } from '../../messenger/messenger.js';
import * as words from '../../surfaces/forms/form-words.js';
import { identify } from '../deciding/accounts.js';
import { mayBreakGlass } from '../deciding/break-glass.js';
import { rulesAhead } from '../deciding/by-rule.js';
import { dangerIn } from '../deciding/count-approvals.js';
import { aboveLimit, readingDanger } from '../deciding/danger-limit.js';
import { resolveLogin } from '../deciding/logins.js';
import { membersNow } from '../deciding/members-now.js';
import type { RuleDeps } from '../deciding/rule.js';
import type { Deps } from '../deps.js';
import { createPeopleReader } from '../telling/people-reader.js';
import { findDeciders } from '../telling/who-can-decide.js';
import { askServer } from './ask-server.js';
import { readScope, sayRefusal } from './eligibility.js';

/** A command waits longer than a form; milliseconds. */
const PATIENCE_MS = 8_000;

export type ForeseeDeps = RuleDeps & Pick<Deps, 'targets'>;

export interface Question {
  readonly target: TargetConfig;
  readonly role: string;
  /** Slack user id. */
  readonly person: string;
  /** Null: the duration that the form begins with. */
  readonly wishedMs: number | null;
  readonly at: Date;
  /** Rules that can't be asked. */
  readonly except: ReadonlySet<RuleName>;
}

/** What was found on the way; null where it wasn't reached. */
export interface Foreseen {
  readonly evaluation: Evaluation;
  readonly person: Person | null;
  readonly login: string | null;
  readonly wishedMs: number | null;
  readonly policy: Policy | null;
  /** It ends after so long without a session, milliseconds; null: never. */
  readonly idleMs: number | null;
  readonly danger: PreviewResult | null;
}

export async function foresee(deps: ForeseeDeps, question: Question): Promise<Foreseen> {
  const { target, person: userId } = question;
  const found = { person: null, login: null, wishedMs: null, policy: null, idleMs: null, danger: null };
  const who = await identify(deps, { userId });
  const role = deps.roles.offered(target.key, question.role);
  if (!who.ok)
    return { ...found, evaluation: refused(who.text, deps.messenger.whyUnsaid(userId)?.passing === true) };
  const known = {
    ...found,
    person: who.person,
    policy: role?.policy ?? null,
    idleMs: role?.terms.idleMs ?? null,
  };
  if (!target.grant) return { ...known, evaluation: refused(words.notGranting(target.name)) };
  if (role === undefined) {
    const isUnsure = deps.roles.isUnsure(target.key);
    const says = (isUnsure ? words.roleUnsure : words.roleNotOffered)(question.role, target.name);
    return { ...known, evaluation: refused(says, isUnsure) };
  }
  const wishedMs = question.wishedMs ?? role.policy.defaultDurationMs;
  const login = await resolveLogin(deps, target, who.person, PATIENCE_MS);
  if (login.login === null) {
    return { ...known, wishedMs, evaluation: refused(login.why, login.because === 'unread') };
  }
  return {
    ...known,
    wishedMs,
    ...(await foreseeGrant(deps, question, { role, login: login.login, wishedMs })),
  };
}

function refused(says: string, unread = false): Evaluation {
  return { verdict: 'refuse', obstacles: [{ says, unread }] };
}

async function foreseeGrant(
  deps: ForeseeDeps,
  { target, person: requester, at, except }: Question,
  { role, login, wishedMs }: { readonly role: RoleConfig; readonly login: string; readonly wishedMs: number },
): Promise<Pick<Foreseen, 'evaluation' | 'login' | 'danger'>> {
  const { policy } = role;
  const wish = { id: null, target: target.key, role: role.role, login, requester, createdAt: at };
  const terms = { wishedMs, durationMs: wishedMs };
  const danger = readingDanger(deps, role, wish, PATIENCE_MS);
  const [obstacles, ahead, emergency, read] = await Promise.all([
    obstaclesTo(deps, { target, role, login, durationMs: wishedMs, requester, danger }),
    rulesAhead(deps, { ...wish, ...terms }, role, { danger, members: membersNow(deps) }, except),
    policy.breakGlass === null ? null : mayBreakGlass(deps, role, requester),
    danger(),
  ]);
  const level = dangerIn(read);
  const { rules } = rulesAfter(policy, { durationMs: wishedMs, danger: level }, 0);
  const reader = createPeopleReader(deps.messenger);
  const deciders = await findDeciders(deps, reader, wish, rules, {
    most: Number.POSITIVE_INFINITY,
    thorough: true,
  });
  const ids = unique(rules.flatMap(({ from }) => from)).filter(isGroup);
  const groups = await Promise.all(
    ids.map(async ({ id }) => [id, (await reader.group(id)).members] as const),
  );
  const evaluation = evaluate({
    ...{ policy, wishedMs, at, obstacles, danger: level, deciders, groups: new Map(groups) },
    byRule: ahead.yes,
    unsure: ahead.unsure,
    inEmergency:
      emergency !== null && (emergency.ok || (emergency.code === 'group_unknown' && emergency.why)),
  });
  return { evaluation, login, danger: read };
}

/** Whatever would be said beside the form. In which channel it is typed isn't known, so it is taken for the right one. */
async function obstaclesTo(
  deps: ForeseeDeps,
  asked: Parameters<typeof askServer>[1] & {
    readonly requester: string;
    readonly danger: ReturnType<typeof readingDanger>;
  },
): Promise<readonly Obstacle[]> {
  const { target, role, durationMs, requester, danger } = asked;
  const { policy } = role;
  const channel = policy.channels?.[0] ?? null;
  const [refusalOf, server, dangerous] = await Promise.all([
    readScope(deps, { userId: requester, channel }, [policy]),
    askServer(deps, asked),
    aboveLimit(role, policy.maxDanger, danger),
  ]);
  const refusal = refusalOf(policy);
  return [
    ...(durationMs !== null && durationMs > policy.maxMs
      ? [{ says: words.durationTooLong(policy.maxMs), unread: false }]
      : []),
    ...(refusal === null
      ? []
      : [{ says: sayRefusal(role, refusal), unread: refusal.code === 'group_unknown' }]),
    ...(server.refusal === null ? [] : [{ says: server.refusal, unread: false }]),
    ...(dangerous === null
      ? []
      : [
          {
            says: words.serverProblem(role.role, target.name, `${dangerous.why}.`),
            unread: dangerous.passing,
          },
        ]),
  ];
}
