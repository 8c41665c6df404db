/** The approvals that a request has, counted again at each click: under today's rules, groups and accounts. */
import type { RoleConfig } from '../../config/config.js';
import type { Approval, ApprovalRule } from '../../domain/policy/approvals.js';
import { type Count, isEnough } from '../../domain/policy/count-approvals.js';
import {
  type DeciderFacts,
  dependsOnDanger,
  isSamePerson,
  mayDecide,
  type Principal,
  servesRules,
  unique,
} from '../../domain/policy/policy.js';
import { type Danger, worse } from '../../domain/postgres/danger.js';
import type { PreviewResult } from '../../domain/postgres/preview.js';
import { rulesAfter } from '../../domain/request/escalation.js';
import type { AccessRequest } from '../../domain/request/request.js';
import type { Deps } from '../deps.js';
import { unfit } from './accounts.js';
import type { DangerReading } from './danger-limit.js';
import { knownAs } from './logins.js';

/** What the approvals of one request are counted under. */
export interface Counting {
  readonly request: AccessRequest;
  /** The requester's confirmed address; null when it is not known. */
  readonly email: string | null;
  readonly rules: readonly ApprovalRule[];
  /** Those of the rules who are mentioned. */
  readonly asked: readonly Principal[];
  readonly danger: Danger | null;
  readonly groups: DeciderFacts['groups'];
}

type Counted =
  | { readonly ok: true; readonly count: Count }
  /** `approved`: they have approved it already, and others are needed; `twin`: another account of theirs has. */
  | { readonly ok: false; readonly code: 'approved' | 'twin' }
  /** Slack doesn't say who is in these groups, and without them it isn't enough. */
  | { readonly ok: false; readonly code: 'unread'; readonly groups: readonly Principal[] };

export type Today = Pick<Counting, 'rules' | 'asked' | 'danger'>;

/**
 * Today's rules for what would be granted, and the danger that they were chosen by, where they depend on it.
 * @param stepsTold those whom these steps of the ladder asked may serve any rule.
 */
export async function rulesToday(
  { policy }: Pick<RoleConfig, 'policy'>,
  durationMs: number,
  read: DangerReading,
  stepsTold = 0,
): Promise<Today> {
  const danger = dependsOnDanger(policy) ? dangerIn(await read()) : null;
  return { ...rulesAfter(policy, { durationMs, danger }, stepsTold), danger };
}

/** Null when it can't be read: that counts as the worst. */
export function dangerIn(read: PreviewResult): Danger | null {
  return read.ok ? worse(read.preview.danger, read.preview.unreadDanger ?? 'none') : null;
}

type Approver = DeciderFacts & { readonly at: Date | null };

/**
 * Those who approved, without anyone who may no longer decide.
 * @throws MessengerError when Slack doesn't say who one of them is: that drops no approval.
 */
async function stillCounted(
  { config, messenger }: Pick<Deps, 'config' | 'messenger'>,
  { request, email, rules, groups }: Counting,
  before: readonly Approval[],
): Promise<Approver[]> {
  const from = rules.flatMap((rule) => rule.from);
  const counted: Approver[] = [];
  for (const { by, at } of before) {
    const person = await messenger.person(by);
    const facts = { userId: by, ...knownAs(config, request.target, person), groups };
    const may = mayDecide(from, facts, { ...request, email });
    if (unfit(person) !== null || !may.ok || counted.some((each) => isSamePerson(each, facts))) continue;
    counted.push({ ...facts, at });
  }
  return counted;
}

/**
 * Adds one approver to those who approved before. A second click of one who is counted already completes the request when
 * the rules ask for less by now.
 * @throws MessengerError as `stillCounted`
 */
export async function countApprovals(
  deps: Pick<Deps, 'config' | 'messenger'>,
  counting: Counting,
  before: readonly Approval[],
  approver: DeciderFacts,
): Promise<Counted> {
  const counted = await stillCounted(deps, counting, before);
  const own = counted.find((each) => isSamePerson(each, approver));
  if (own !== undefined && own.userId !== approver.userId) return { ok: false, code: 'twin' };
  if (own === undefined) counted.push({ ...approver, at: null });
  const count = countOf(counting, counted);
  if (isEnough(count)) return { ok: true, count };
  const groups = unread(counting);
  if (groups.length > 0) return { ok: false, code: 'unread', groups };
  return own === undefined ? { ok: true, count } : { ok: false, code: 'approved' };
}

/**
 * The approvals under other rules than those that they were made under; null when Slack doesn't say what it takes to know.
 * @throws MessengerError as `stillCounted`
 */
export async function recount(
  deps: Pick<Deps, 'config' | 'messenger'>,
  counting: Counting,
): Promise<Count | null> {
  const { approvals } = counting.request;
  if (approvals.length > 0 && unread(counting).length > 0) return null;
  return countOf(counting, await stillCounted(deps, counting, approvals));
}

function countOf({ rules, asked, danger }: Counting, approvers: readonly Approver[]): Count {
  return {
    rules,
    asked,
    danger,
    approvers: approvers.map((each) => ({ by: each.userId, at: each.at, serves: servesRules(rules, each) })),
  };
}

/** The groups of the rules that Slack didn't tell of. */
function unread({ rules, groups }: Counting): readonly Principal[] {
  return unique(rules.flatMap(({ from }) => from)).filter(({ id }) => groups.get(id) === null);
}
