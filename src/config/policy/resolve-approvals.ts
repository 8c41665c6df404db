/** Who decides: `approvals:` or its short form `approvers:`, `more:` and `quiet:`. */
import { type ApprovalRule, tally } from '../../domain/policy/approvals.js';
import { isGroup, type Policy, rulesFor, unique } from '../../domain/policy/policy.js';
import type { Origin } from '../config.js';
import type { Settings } from '../schema.js';
import type { Problem } from '../yaml/problem.js';
import { isAsNear, type Layer, nearest, nearestOr, origin } from './layers.js';
import { sayApprovals, sayMore, sayPeople } from './say-policy.js';

type Who = Pick<Policy, 'approvals' | 'more' | 'quiet'>;

/** @param layers nearest first. */
export function resolveApprovals(
  layers: readonly [Layer<Settings>, ...Layer<Settings>[]],
): (Who & { readonly origins: readonly Origin[] }) | Problem {
  const base = nearestRules(layers);
  if (base === null) {
    const [{ source, path }] = layers;
    const message = 'has no approvers; name them here, in its policy, its target or in defaults';
    return source.problem(path, message, 'key');
  }
  const more = nearestOr(layers, 'more', null);
  const quiet = nearestOr(layers, 'quiet', null);
  const who: Who = {
    approvals: base.rules,
    more: (more.value ?? []).map(({ over, danger, from, count }) => ({
      overMs: over ?? null,
      danger: danger ?? null,
      rule: { from, count },
    })),
    quiet: quiet.value ?? [],
  };
  if (!canBeMet(who)) {
    const added = more.layer !== null && isAsNear(layers, more, base) ? more.layer : null;
    const { source, path } = added ?? base.layer;
    const message =
      'can never be met: each person counts once, and these rules name too few people; name more, or a group';
    return source.problem([...path, added === null ? base.key : 'more'], message);
  }
  return {
    ...who,
    origins: [
      origin(base.key, base.says, base.layer),
      origin('more', sayMore(who.more), more.layer),
      origin('quiet', sayPeople(who.quiet) || 'none', quiet.layer),
    ],
  };
}

/** The nearer one of the two keys wins. */
function nearestRules(layers: readonly Layer<Settings>[]) {
  const [short, long] = [nearest(layers, 'approvers'), nearest(layers, 'approvals')];
  if (short !== null && (long === null || isAsNear(layers, short, long))) {
    const { value, layer } = short;
    return { key: 'approvers', rules: [{ from: value, count: 1 }], says: sayPeople(value), layer };
  }
  if (long === null) return null;
  return { key: 'approvals', rules: long.value, says: sayApprovals(long.value), layer: long.layer };
}

/** Of rules that name only users it is known how many people there are; all that could ever apply are taken together. */
function canBeMet(who: Who): boolean {
  const rules = rulesFor(who, { durationMs: Number.POSITIVE_INFINITY, danger: null }).filter(
    ({ from }) => !from.some(isGroup),
  );
  const serves = (id: string) =>
    rules.flatMap(({ from }: ApprovalRule, i) => (from.some((each) => each.id === id) ? [i] : []));
  const people = unique(rules.flatMap(({ from }) => from));
  return (
    rules.length === 0 ||
    tally(
      rules,
      people.map(({ id }) => ({ userId: id, serves: serves(id) })),
    ).met
  );
}
