/**
 * What would become of a request, and why: refused, granted at once, or decided by approvers, and what happens then.
 * Over facts that the caller looked up by the same parts that decide real requests. Pure.
 */

import type { Danger } from '../postgres/danger.js';
import type { CantDecide } from '../request/asking.js';
import { lapsesAt, nextStepAt, rulesAfter, type Step } from '../request/escalation.js';
import type { RuleName } from '../request/request.js';
import { type ApprovalRule, tally } from './approvals.js';
import {
  type ExtraRule,
  isGroup,
  type Policy,
  type Principal,
  rulesFor,
  servesRules,
  unique,
  type Weight,
  whyAdded,
} from './policy.js';
import { type Account, personsBehind } from './same-person.js';

/** Something that stands in the way. */
export interface Obstacle {
  /** A sentence, as its requester reads it. */
  readonly says: string;
  /** It stands in the way because it couldn't be read. */
  readonly unread: boolean;
}

export interface Facts {
  readonly policy: Policy;
  readonly wishedMs: number;
  /** When it would be requested. */
  readonly at: Date;
  /** Empty when nothing stands in the way. */
  readonly obstacles: readonly Obstacle[];
  /** What the role can do; null when it couldn't be read, which counts as the worst. */
  readonly danger: Danger | null;
  /** The rule that approves it without an approver. */
  readonly byRule: { readonly rule: RuleName; readonly through: string; readonly maxMs: number } | null;
  /** Why rules could not say whether they approve it; sentences. */
  readonly unsure: readonly string[];
  /** Whether its requester may have it at once in an emergency; a sentence when Slack doesn't say. */
  readonly inEmergency: boolean | string;
  readonly deciders: {
    /** Slack user ids of those who can decide, those in `unread` among them. */
    readonly people: readonly string[];
    /** Of these, as far as it is known: which are one person's. */
    readonly accounts: readonly Account[];
    /** Slack doesn't say who they are. */
    readonly unread: ReadonlySet<string>;
    readonly cant: ReadonlyMap<string, CantDecide['because']>;
    readonly nobody: readonly CantDecide[];
  };
  /** The members of each group that the policy asks; null where Slack doesn't say. */
  readonly groups: ReadonlyMap<string, ReadonlySet<string> | null>;
}

/** A rule that has to be met. */
export interface Need {
  readonly rule: ApprovalRule;
  /** What added it to the others; empty for those that every request has. */
  readonly because: ReturnType<typeof whyAdded>;
  readonly extra: ExtraRule | null;
  /** People who can serve it today. */
  readonly can: number;
}

export interface Asked {
  readonly needs: readonly Need[];
  /** Those whom messages mention. */
  readonly asked: readonly Principal[];
  /** Rules that a longer request would have, too. */
  readonly ifLonger: readonly ExtraRule[];
  /** Whether enough different people can decide; `unread`: Slack doesn't say of enough of them. */
  readonly enough: 'yes' | 'no' | 'unread';
  /** Why there aren't enough. */
  readonly nobody: readonly CantDecide[];
  /** Who is asked, and can't decide. */
  readonly cant: readonly (readonly [userId: string, because: CantDecide['because']])[];
  /** Groups and people that Slack doesn't tell of. */
  readonly unread: readonly Principal[];
  /** How many people each group that is asked has; null where Slack doesn't say. */
  readonly sizes: readonly (readonly [group: Principal, people: number | null])[];
  /** What happens while no one decides. */
  readonly steps: readonly { readonly at: Date; readonly step: Step }[];
  readonly lapsesAt: Date;
  /** What an approver may approve it for instead, milliseconds, shortest first. */
  readonly shorterMs: readonly number[];
}

export type Evaluation =
  | { readonly verdict: 'refuse'; readonly obstacles: readonly Obstacle[] }
  | ({
      readonly verdict: 'allow';
      readonly rule: RuleName;
      readonly through: string;
      /** How long it would be granted, milliseconds. */
      readonly forMs: number;
    } & Rest)
  | ({ readonly verdict: 'ask'; readonly asked: Asked } & Rest);

interface Rest {
  readonly unsure: readonly string[];
  readonly inEmergency: boolean | string;
}

export function evaluate(facts: Facts): Evaluation {
  const { obstacles, byRule, wishedMs, unsure, inEmergency } = facts;
  if (obstacles.length > 0) return { verdict: 'refuse', obstacles };
  const rest = { unsure, inEmergency };
  if (byRule === null) return { verdict: 'ask', asked: askedOf(facts), ...rest };
  const { rule, through, maxMs } = byRule;
  return { verdict: 'allow', rule, through, forMs: Math.min(wishedMs, maxMs), ...rest };
}

/** Would it be granted at once, or decided by people of whom enough can? What couldn't be read is no yes. */
export function isWorthAsking(evaluation: Evaluation): boolean {
  return (
    evaluation.verdict === 'allow' || (evaluation.verdict === 'ask' && evaluation.asked.enough === 'yes')
  );
}

function askedOf({ policy, wishedMs, danger, at, deciders, groups }: Facts): Asked {
  const weight: Weight = { durationMs: wishedMs, danger };
  const { rules, asked } = rulesAfter(policy, weight, 0);
  const from = unique(rules.flatMap((rule) => rule.from));
  const serving = deciders.people.map((userId) => ({
    userId,
    serves: servesRules(rules, { userId, groups }).map(({ rule }) => rule),
  }));
  const known = personsBehind(
    serving.filter(({ userId }) => !deciders.unread.has(userId)),
    deciders.accounts,
  );
  const unreadGroups = from.filter((each) => isGroup(each) && !groups.get(each.id));
  const isShort = deciders.nobody.length > 0;
  return {
    needs: needsOf(policy, weight).map((need, i) => ({
      ...need,
      can: known.filter(({ serves }) => serves.includes(i)).length,
    })),
    asked,
    ifLonger: policy.more.filter(
      (extra) => extra.overMs !== null && extra.overMs < policy.maxMs && whyAdded(extra, weight).length === 0,
    ),
    enough: tally(rules, known).met ? 'yes' : isShort ? 'no' : 'unread',
    nobody: deciders.nobody,
    cant: [...deciders.cant],
    unread: [...unreadGroups, ...[...deciders.unread].map((id) => ({ id, name: null }))],
    sizes: from.filter(isGroup).map((group) => [group, groups.get(group.id)?.size ?? null]),
    ...climbOf(policy, at),
    shorterMs: policy.durationsMs.filter((ms) => ms < wishedMs),
  };
}

/** The rules as `rulesFor` has them, in its order, each with what added it. */
function needsOf(policy: Policy, weight: Weight): readonly Omit<Need, 'can'>[] {
  const added = policy.more.filter((extra) => whyAdded(extra, weight).length > 0);
  return rulesFor(policy, weight).map((rule, i) => {
    const extra = added[i - policy.approvals.length] ?? null;
    return { rule, extra, because: extra === null ? [] : whyAdded(extra, weight) };
  });
}

/** The ladder, told step by step on time. */
function climbOf({ escalate, pendingTimeoutMs }: Policy, createdAt: Date): Pick<Asked, 'steps' | 'lapsesAt'> {
  let stepToldAt: Date | null = null;
  const steps: { readonly at: Date; readonly step: Step }[] = [];
  for (const [stepsTold, step] of escalate.entries()) {
    const at: Date | null = nextStepAt(escalate, { createdAt, stepsTold, stepToldAt });
    if (at === null) break;
    steps.push({ at, step });
    stepToldAt = at;
  }
  const pendingUntil = new Date(createdAt.getTime() + pendingTimeoutMs);
  return { steps, lapsesAt: lapsesAt({ pendingUntil, stepAt: null, stepToldAt }) ?? pendingUntil };
}
