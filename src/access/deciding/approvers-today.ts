/** Those who approved a request, as they are today: under today's rules, groups and accounts. */
import type { Approval, ApprovalRule } from '../../domain/policy/approvals.js';
import {
  type DeciderFacts,
  mayDecide,
  type Principal,
  qualifies,
  servesRules,
  unique,
} from '../../domain/policy/policy.js';
import type { Danger } from '../../domain/postgres/danger.js';
import type { AccessRequest } from '../../domain/request/request.js';
import { coerceError } from '../../errors.js';
import type { Deps } from '../deps.js';
import { readGroups, unfit } from './accounts.js';
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

export type Today = Pick<Counting, 'rules' | 'asked' | 'danger'>;

/** An account that approved, or is about to. */
export interface ApproverToday extends DeciderFacts {
  /** Null: this moment, or it isn't known. */
  readonly at: Date | null;
  /** The rules that it serves, each with the group through which it qualifies. */
  readonly serves: readonly { readonly rule: number; readonly via: string }[];
  /** The rules that it serves, or may: Slack didn't say who is in a group, or who they are. */
  readonly mayServe: readonly number[];
  /** Why Slack didn't say who they are; null when it did. */
  readonly unread: Error | null;
}

/** Who is in the groups of these rules, and the requester's address: what approvals of `request` are counted under. */
export async function countingUnder(
  deps: Pick<Deps, 'messenger' | 'logger'>,
  request: AccessRequest,
  today: Today,
): Promise<Counting> {
  const [groups, requester] = await Promise.all([
    readGroups(deps, unique(today.rules.flatMap(({ from }) => from))),
    deps.messenger.person(request.requester).catch(() => null),
  ]);
  return { ...today, request, email: requester?.email ?? null, groups };
}

/** Looks at each of those who approved. One who may no longer decide serves no rule. Never throws. */
export function approversToday(
  { config, messenger }: Pick<Deps, 'config' | 'messenger'>,
  { request, email, rules, groups }: Counting,
  before: readonly (Pick<Approval, 'by'> & { readonly at: Date | null })[],
): Promise<readonly ApproverToday[]> {
  const from = rules.flatMap((rule) => rule.from);
  return Promise.all(
    before.map(async ({ by, at }): Promise<ApproverToday> => {
      const person = await messenger.person(by).catch(coerceError);
      if (person instanceof Error) {
        const unknown = { logins: new Set<string>(), loginByAddress: null, email: null };
        const mayServe = rules.map((_, i) => i);
        return { userId: by, ...unknown, groups, at, serves: [], mayServe, unread: person };
      }
      const facts = { userId: by, ...knownAs(config, request.target, person), groups };
      const may = mayDecide(from, facts, { ...request, email });
      return unfit(person) === null && (may.ok || may.code === 'group_unknown')
        ? serving(rules, facts, at)
        : { ...facts, at, serves: [], mayServe: [], unread: null };
    }),
  );
}

/** One who may decide, with the rules that they serve. */
export function serving(
  rules: readonly ApprovalRule[],
  facts: DeciderFacts,
  at: Date | null = null,
): ApproverToday {
  const mayServe = rules.flatMap(({ from }, i) => {
    const may = qualifies(from, facts);
    return may.ok || may.code === 'group_unknown' ? [i] : [];
  });
  return { ...facts, at, serves: servesRules(rules, facts), mayServe, unread: null };
}
