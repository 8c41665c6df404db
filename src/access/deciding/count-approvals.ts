/**
 * The approvals that a request has, counted again at each click, at each look, and whenever what they approved is used:
 * under today's rules, groups and accounts, each person once.
 */
import type { RoleConfig } from '../../config/config.js';
import { type Approval, tally } from '../../domain/policy/approvals.js';
import { type Count, isEnough } from '../../domain/policy/count-approvals.js';
import { type DeciderFacts, dependsOnDanger, type Principal, unique } from '../../domain/policy/policy.js';
import { byPerson, peopleServing } from '../../domain/policy/same-person.js';
import { type Danger, worse } from '../../domain/postgres/danger.js';
import type { PreviewResult } from '../../domain/postgres/preview.js';
import { rulesAfter } from '../../domain/request/escalation.js';
import type { Deps } from '../deps.js';
import { type ApproverToday, approversToday, type Counting, serving, type Today } from './approvers-today.js';
import type { DangerReading } from './danger-limit.js';

type Counted =
  | { readonly ok: true; readonly count: Count }
  /** `approved`: they have approved it already, and others are needed; `twin`: another account of theirs has. */
  | { readonly ok: false; readonly code: 'approved' | 'twin' }
  /** Slack doesn't say who is in these groups, and without them it isn't enough. */
  | { readonly ok: false; readonly code: 'unread'; readonly groups: readonly Principal[] };

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

/**
 * Those who approved, without anyone who may no longer decide.
 * @throws MessengerError when Slack doesn't say who one of them is: that drops no approval.
 */
async function stillCounted(
  deps: Pick<Deps, 'config' | 'messenger'>,
  counting: Counting,
  before: readonly Approval[],
): Promise<readonly ApproverToday[]> {
  const today = await approversToday(deps, counting, before);
  for (const { unread } of today) if (unread !== null) throw unread;
  return today.filter(({ serves }) => serves.length > 0);
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
  facts: DeciderFacts,
): Promise<Counted> {
  const counted = await stillCounted(deps, counting, before);
  const approver = serving(counting.rules, facts);
  const accounts = byPerson([...counted, approver]).find((each) => each.includes(approver)) ?? [approver];
  const isSecond = accounts.some((each) => each !== approver && each.userId === approver.userId);
  if (accounts.length > 1 && !isSecond) return { ok: false, code: 'twin' };
  const count = countOf(counting, isSecond ? counted : [...counted, approver]);
  if (isEnough(count)) return { ok: true, count };
  const groups = unread(counting);
  if (groups.length > 0) return { ok: false, code: 'unread', groups };
  return isSecond ? { ok: false, code: 'approved' } : { ok: true, count };
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

function countOf({ rules, asked, danger }: Counting, approvers: readonly ApproverToday[]): Count {
  const people = byPerson(approvers).map((accounts) => {
    const [{ userId: by, at }] = accounts;
    const serves = rules.flatMap(
      (_, i) => accounts.flatMap((each) => each.serves).find(({ rule }) => rule === i) ?? [],
    );
    return { by, at, serves };
  });
  return { rules, asked, danger, approvers: people };
}

/**
 * Are the approvals of these people still enough? Never throws.
 * @returns `enough`: `unread` when it takes what Slack doesn't say; `lost`: who may no longer decide, for certain.
 */
export async function stillEnough(
  deps: Pick<Deps, 'config' | 'messenger'>,
  counting: Counting,
  approvers: readonly string[],
): Promise<{ readonly enough: 'yes' | 'no' | 'unread'; readonly lost: readonly string[] }> {
  const before = approvers.map((by) => ({ by, at: null }));
  const today = await approversToday(deps, counting, before);
  const lost = today.filter(({ mayServe }) => mayServe.length === 0).map(({ userId }) => userId);
  if (isEnough(countOf(counting, today))) return { enough: 'yes', lost };
  const atBest = peopleServing(today.map((account) => ({ ...account, serves: account.mayServe })));
  return { enough: tally(counting.rules, atBest).met ? 'unread' : 'no', lost };
}

/** The groups of the rules that Slack didn't tell of. */
function unread({ rules, groups }: Counting): readonly Principal[] {
  return unique(rules.flatMap(({ from }) => from)).filter(({ id }) => groups.get(id) === null);
}
