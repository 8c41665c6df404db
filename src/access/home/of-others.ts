/** Who may see on their Home what others ask for or have: those who decide, review or operate. */
import type { Config } from '../../config/config.js';
import { deciders, isGroup, type Principal, unique } from '../../domain/policy/policy.js';

interface WhoSee {
  readonly principals: readonly Principal[];
  /** More groups than are asked of Slack just for this: anyone may be in one of them. */
  readonly isCut: boolean;
}

/** Slack lets an app ask for the members of some twenty groups a minute. */
const MOST_GROUPS = 10;

/** By the targets as they were read: another configuration has others. */
const known = new WeakMap<Config['targets'], WhoSee>();

export function whoSeeOthers({ targets, operators }: Pick<Config, 'targets' | 'operators'>): WhoSee {
  const before = known.get(targets);
  if (before !== undefined) return before;
  const policies = [...targets.values()].flatMap(({ roles, discover }) => [
    ...[...roles.values()].map(({ policy }) => policy),
    ...discover.map(({ like }) => like.policy),
  ]);
  const all = unique([
    ...operators,
    ...policies.flatMap((policy) => [
      ...deciders(policy),
      ...(policy.breakGlass?.review ?? []),
      ...policy.escalate.flatMap(({ to }) => to),
    ]),
  ]);
  const groups = all.filter(isGroup);
  const isCut = groups.length > MOST_GROUPS;
  const who = { principals: isCut ? all.filter((principal) => !isGroup(principal)) : all, isCut };
  known.set(targets, who);
  return who;
}
