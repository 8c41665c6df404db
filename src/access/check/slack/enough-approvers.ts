/** Can each rule of each policy be met, by different people, none of them the requester? Pure. */
import type { Config } from '../../../config/config.js';
import { sayApprovals } from '../../../config/policy/say-policy.js';
import { sayDuration } from '../../../domain/duration.js';
import { type ApprovalRule, tally } from '../../../domain/policy/approvals.js';
import {
  isGroup,
  type Policy,
  rulesFor,
  servesRules,
  unique,
  type Weight,
} from '../../../domain/policy/policy.js';
import { type Account, personsBehind } from '../../../domain/policy/same-person.js';
import { isAbove } from '../../../domain/postgres/danger.js';
import { firstOf, plural } from '../../../surfaces/kit/words.js';
import { type Offered, offeredRoles } from '../configured.js';
import { type Finding, failure, note } from '../finding.js';
import { type Known, peopleBehind } from './people.js';

/** Names in a sentence; the rest is counted. */
const SHOWN = 3;
const WAITS = 'it waits until it lapses.';

/** One look for each set of rules, however many roles have it. */
export function describeEnough(config: Pick<Config, 'targets' | 'people'>, known: Known): readonly Finding[] {
  const alike = new Map<string, [Offered, ...Offered[]]>();
  for (const offered of offeredRoles(config)) {
    const key = keyOf(offered.role.policy);
    const roles = alike.get(key);
    if (roles) roles.push(offered);
    else alike.set(key, [offered]);
  }
  return [...alike.values()].flatMap((roles) => describePolicy(config, roles, known));
}

function keyOf({ approvals, more, quiet, maxMs, maxDanger }: Policy): string {
  return JSON.stringify([approvals, more, quiet, more.length === 0 ? null : [maxMs, maxDanger]]);
}

/** The requests whose rules differ, the lightest first; `when` follows the name of the role. */
function kindsOf({
  more,
  maxMs,
  maxDanger,
}: Policy): readonly { readonly when: string; readonly weight: Weight }[] {
  const light: Weight = { durationMs: 0, danger: 'none' };
  const each = more.flatMap(({ overMs, danger }) => [
    ...(overMs === null || overMs >= maxMs
      ? []
      : [{ when: ` for longer than ${sayDuration(overMs)}`, weight: { ...light, durationMs: overMs + 1 } }]),
    ...(danger === null || (maxDanger !== null && isAbove(danger, maxDanger))
      ? []
      : [{ when: ` where it is of danger ${danger}`, weight: { ...light, danger } }]),
  ]);
  const heaviest = {
    when: ' that is as long and as dangerous as can be',
    weight: { durationMs: maxMs, danger: maxDanger ?? 'superuser' },
  };
  return [{ when: '', weight: light }, ...each, ...(each.length > 1 ? [heaviest] : [])];
}

function describePolicy(
  { people: configured }: Pick<Config, 'people'>,
  roles: readonly [Offered, ...Offered[]],
  known: Known,
): readonly Finding[] {
  const { policy } = roles[0].role;
  const where = firstOf(
    roles.map(({ name }) => name),
    SHOWN,
  );
  const looks = kindsOf(policy).map(({ when, weight }) => ({
    place: `${where}${when}`,
    ...lookAt(rulesFor(policy, weight), known, configured),
  }));
  const [short, ...others] = looks.filter(({ missing }) => missing.length > 0);
  if (short !== undefined) {
    // What a light request can't have, a heavier one can't either.
    const told = short === looks[0] ? [short] : [short, ...others];
    return [
      ...new Map(
        told.map((look) => [sayApprovals(look.missing.flatMap((i) => look.rules[i] ?? [])), tooFew(look)]),
      ).values(),
    ];
  }
  const alone = looks.flatMap((look) =>
    look.needed.filter((id) => configured.get(id)?.login != null).map((id) => ({ id, look })),
  );
  return [...new Map(alone.toReversed().map((each) => [each.id, each])).values()]
    .toReversed()
    .map(({ id, look }) => ownRequest(id, look));
}

interface Look {
  readonly rules: readonly ApprovalRule[];
  /** Those that can't be met: indexes into the rules. */
  readonly missing: readonly number[];
  /** Who can decide, as far as it is known; each person once. */
  readonly people: readonly string[];
  /** By rule: how many of them it can have. */
  readonly fit: readonly number[];
  /** Without any one of these, it can't be met. */
  readonly needed: readonly string[];
}

/** What Slack doesn't say counts as enough. */
function lookAt(rules: readonly ApprovalRule[], known: Known, configured: Config['people']): Look {
  const principals = unique(rules.flatMap(({ from }) => from));
  const behind = principals.map((principal) => ({ principal, ids: peopleBehind(known, principal) }));
  const groups = new Map(
    behind.flatMap(({ principal, ids }) => (isGroup(principal) ? [[principal.id, new Set(ids ?? [])]] : [])),
  );
  const ids = [...new Set(behind.flatMap((each) => each.ids ?? []))];
  const most = rules.reduce((sum, { count }) => sum + count, 0);
  const unread = behind
    .filter(({ ids }) => ids === null)
    .flatMap(({ principal: { id } }) => {
      const serves = rules.flatMap(({ from }, i) => (from.some((each) => each.id === id) ? [i] : []));
      return Array.from({ length: most }, (_, n) => ({ userId: `${id} ${n}`, serves }));
    });
  const approvers = personsBehind(
    ids.map((userId) => ({
      userId,
      serves: servesRules(rules, { userId, groups }).map(({ rule }) => rule),
    })),
    ids.flatMap((userId) => accountOf(userId, known, configured)),
  );
  const all = [...approvers, ...unread];
  const { missing, serving } = tally(rules, all);
  return {
    rules,
    people: approvers.map(({ userId }) => userId),
    missing: missing.flatMap((n, i) => (n > 0 ? [i] : [])),
    fit: rules.map((_, i) => approvers.filter(({ serves }) => serves.includes(i)).length),
    needed: serving.flat().filter(
      (id) =>
        !tally(
          rules,
          all.filter(({ userId }) => userId !== id),
        ).met,
    ),
  };
}

/** What tells that two accounts are one person's, on any instance; none when nothing is known. */
function accountOf(userId: string, known: Known, configured: Config['people']): readonly Account[] {
  const login = configured.get(userId)?.login ?? null;
  const email = known.email(userId);
  if (login === null && email === null) return [];
  return [{ userId, logins: new Set(login === null ? [] : [login]), loginByAddress: null, email }];
}

type Placed = Look & { readonly place: string };

function tooFew({ rules, missing, fit, people, place }: Placed): Finding {
  const fix =
    'Add people to the groups in Slack, or name others, who are in Slack and have no guest account.';
  if (people.length === 0) {
    return failure('approvers', `Nobody can decide a request for ${place}: ${WAITS}`, fix);
  }
  const short = missing.find((i) => (fit[i] ?? 0) < (rules[i]?.count ?? 0));
  const rule = short === undefined ? undefined : rules[short];
  if (short !== undefined && rule !== undefined) {
    const has = fit[short] === 0 ? 'none of them' : `only ${fit[short]} of them`;
    const says = `A request for ${place} needs ${sayApprovals([rule])}, and ${has} can decide: ${WAITS}`;
    return failure('approvers', says, fix);
  }
  const says = `A request for ${place} needs ${sayApprovals(rules)}, each by different people, and only ${plural(people.length, 'person', 'people')} can decide: ${WAITS}`;
  return failure('approvers', says, fix);
}

function ownRequest(id: string, { rules, people, place }: Placed): Finding {
  if (people.length === 1) {
    const says = `Only ${id} can decide a request for ${place}, and nobody can decide theirs: nobody decides on their own request.`;
    return note('approvers', says, 'Name a second approver.');
  }
  const says = `A request of ${id} for ${place} can’t have all of ${sayApprovals(rules)}: nobody decides on their own request.`;
  return note('approvers', says, 'Name one more approver.');
}
