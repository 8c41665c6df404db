/** What the configuration names in Slack and PagerDuty, and which roles depend on it. */
import type { Config, RoleConfig, TargetConfig } from '../../config/config.js';
import { namedIn, type OnCallRule, type Principal, unique } from '../../domain/policy/policy.js';

/** A role as it is offered, or what `discover:` finds. */
export interface Offered {
  /** "shop/orders_read". */
  readonly name: string;
  readonly role: RoleConfig;
}

export function offeredRoles({ targets }: Pick<Config, 'targets'>): readonly Offered[] {
  return [...targets.values()].flatMap(({ key, roles, discover }: TargetConfig) => [
    ...[...roles.values()].map((role) => ({ name: `${key}/${role.role}`, role })),
    ...discover.map(({ match, like }) => ({ name: `${key}/${match}`, role: like })),
  ]);
}

/** Everyone the configuration names to decide, to ask or to run Hallpass, each once. */
export function namedPrincipals(config: Pick<Config, 'targets' | 'operators'>): readonly Principal[] {
  const all = [...config.operators, ...offeredRoles(config).flatMap(({ role }) => namedIn(role.policy))];
  return unique(all);
}

/** The channels in which Hallpass writes, each with what it writes there. */
export function namedChannels(config: Pick<Config, 'targets' | 'slack'>): ReadonlyMap<string, string> {
  const cards = offeredRoles(config).map(({ name, role }) => [role.channel, `the cards of ${name}`] as const);
  return new Map([
    // Later entries win: a channel's use for everyone is named rather than its use for one role.
    ...cards.reverse(),
    [config.slack.channel, 'cards'],
    [config.slack.operatorsChannel, 'what operators are told'],
  ]);
}

/** The on-call rules, each with a role that has it. */
export function onCallRules(
  config: Pick<Config, 'targets'>,
): readonly { readonly name: string; readonly rule: OnCallRule }[] {
  return offeredRoles(config).flatMap(({ name, role }) =>
    role.policy.onCall === null ? [] : [{ name, rule: role.policy.onCall }],
  );
}
