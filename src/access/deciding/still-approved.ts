/** Would those who approved a request approve it today? Asked under today's policy, groups and accounts. */
import type { RoleConfig } from '../../config/config.js';
import { type ApprovalRule, tally } from '../../domain/policy/approvals.js';
import { deciders, mayDecide, qualifies, rulesFor } from '../../domain/policy/policy.js';
import { approversOf } from '../../domain/policy/repeat.js';
import { type Danger, isAbove } from '../../domain/postgres/danger.js';
import type { AccessRequest } from '../../domain/request/request.js';
import { canDecideNoMore, groupsUnread, notEnough } from '../../surfaces/request/repeat.js';
import type { Deps } from '../deps.js';
import { readGroups, unfit } from './accounts.js';
import { knownAs } from './logins.js';
import { previewWithin } from './preview.js';

export type StillApproved =
  | { readonly answer: 'yes' }
  /** `because`: the end of a sentence. */
  | { readonly answer: 'no'; readonly because: string }
  /** `why`: a sentence. */
  | { readonly answer: 'unsure'; readonly why: string };

type StillDeps = Pick<Deps, 'config' | 'messenger' | 'inspectors' | 'logger'>;

/** One approver, with the rules that they serve, or might: Slack didn't say who they are, or who is in a group. */
interface Today {
  readonly by: string;
  readonly serves: readonly number[];
  readonly mayServe: readonly number[];
}

/** @param durationMs how long it would be granted: rules may depend on it. */
export async function stillApproved(
  deps: StillDeps,
  request: AccessRequest,
  role: RoleConfig,
  durationMs: number,
): Promise<StillApproved> {
  const danger = await dangerOf(deps, request, role);
  const rules = rulesFor(role.policy, { durationMs, danger: danger.found });
  const today = await approversToday(deps, request, role, rules);
  const isMet = (which: 'serves' | 'mayServe') =>
    tally(
      rules,
      today.map((each) => ({ userId: each.by, serves: each[which] })),
    ).met;
  if (isMet('serves')) return { answer: 'yes' };
  if (isMet('mayServe')) return { answer: 'unsure', why: groupsUnread(request.id) };
  const lost = today.filter(({ mayServe }) => mayServe.length === 0).map(({ by }) => by);
  if (lost.length > 0) {
    const names = await Promise.all(lost.map((by) => nameOf(deps, by)));
    return { answer: 'no', because: canDecideNoMore(names) };
  }
  return danger.unread === null
    ? { answer: 'no', because: notEnough() }
    : { answer: 'unsure', why: danger.unread };
}

/** `@ana`, in plain text: as Slack shows them, or their id while Slack doesn't say. */
export async function nameOf({ messenger }: Pick<Deps, 'messenger'>, userId: string): Promise<string> {
  return messenger.person(userId).then(
    ({ name }) => `@${name}`,
    () => userId,
  );
}

/** What the role can do, where a rule depends on it. `found` null: it isn't known, which counts as the worst. */
async function dangerOf(
  deps: StillDeps,
  { target, login }: AccessRequest,
  { policy, role, terms }: RoleConfig,
): Promise<{ readonly found: Danger | null; readonly unread: string | null }> {
  if (policy.more.every(({ danger }) => danger === null)) return { found: null, unread: null };
  const result = await previewWithin(deps, { target, role, login, setRole: terms.setRole }, { fresh: true });
  if (!result.ok) return { found: null, unread: `What ${role} can do could not be read (${result.why}).` };
  const { danger, unreadDanger = 'none' } = result.preview;
  return { found: isAbove(unreadDanger, danger) ? null : danger, unread: null };
}

async function approversToday(
  deps: StillDeps,
  request: AccessRequest,
  { policy }: RoleConfig,
  rules: readonly ApprovalRule[],
): Promise<readonly Today[]> {
  const named = deciders(policy);
  const [groups, requester] = await Promise.all([
    readGroups(deps, named),
    deps.messenger.person(request.requester).catch(() => null),
  ]);
  const wish = { ...request, email: requester?.email ?? null };
  const everyRule = rules.map((_, i) => i);
  return Promise.all(
    approversOf(request).map(async (by): Promise<Today> => {
      const person = await deps.messenger.person(by).catch(() => null);
      if (person === null) return { by, serves: [], mayServe: everyRule };
      const facts = { userId: by, ...knownAs(deps.config, request.target, person), groups };
      const may = mayDecide(named, facts, wish);
      if (unfit(person) !== null || (!may.ok && may.code !== 'group_unknown')) {
        return { by, serves: [], mayServe: [] };
      }
      const asks = rules.map(({ from }) => qualifies(from, facts));
      return {
        by,
        serves: everyRule.filter((i) => asks[i]?.ok === true),
        mayServe: everyRule.filter((i) => {
          const ask = asks[i];
          return ask !== undefined && (ask.ok || ask.code === 'group_unknown');
        }),
      };
    }),
  );
}
