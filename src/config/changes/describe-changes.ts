/** What changed in a configuration that was read again, in words for operators. Pure; holds no secret. */
import { isDeepStrictEqual as same } from 'node:util';
import type { Config, RoleConfig, TargetConfig } from '../config.js';

/** One line each; none when both mean the same. */
export function describeChanges(before: Config, after: Config): readonly string[] {
  const { targets } = after;
  return [
    ...[...targets.values()].flatMap((target) => {
      const old = before.targets.get(target.key);
      if (old === undefined) return [`target ${target.key} added, with ${count(target.roles.size, 'role')}`];
      return targetChanges(old, target);
    }),
    ...[...before.targets.keys()].filter((key) => !targets.has(key)).map((key) => `target ${key} removed`),
    ...entryChanges(before.people, after.people, ['person', 'people']).map((words) => `${words} in people`),
    ...different(OF_ALL, before, after).map((what) => `${what} changed`),
  ];
}

/** By name, how a setting is read; those that differ are told by their names. */
type Readers<T> = Readonly<Record<string, (of: T) => unknown>>;

function different<T>(readers: Readers<T>, before: T, after: T): readonly string[] {
  return Object.keys(readers).filter((name) => !same(readers[name]?.(before), readers[name]?.(after)));
}

const OF_ALL: Readers<Config> = {
  operators: ({ operators }) => operators,
  limits: ({ limits: { pendingPerPerson, requestsPerMinute } }) => [pendingPerPerson, requestsPerMinute],
  channel: ({ slack }) => slack.channel,
  operators_channel: ({ slack }) => slack.operatorsChannel,
};

/** A target's own settings, in the order in which changes are listed. */
const OF_TARGET: Readers<TargetConfig> = {
  name: ({ name }) => name,
  environment: ({ environment }) => environment,
  grant: ({ grant }) => grant,
  mode: ({ mode }) => mode,
  kind: ({ kind }) => kind,
  connection: ({ connect }) => connect,
  replicas: ({ replicas }) => replicas,
  orphans: ({ orphans }) => orphans,
  'logins by e-mail address': ({ emailRule }) => emailRule,
  people: ({ people }) => people,
  discover: ({ discover }) => discover.map(({ match, like }) => [match, bare(like)]),
};

function targetChanges(before: TargetConfig, after: TargetConfig): readonly string[] {
  const own = different(OF_TARGET, before, after);
  const on = `on ${after.name}`;
  return [
    ...(own.length === 0 ? [] : [`${own.join(', ')} changed ${on}`]),
    ...entryChanges(plainRoles(before.roles), plainRoles(after.roles), ['role', 'roles']).map(
      (words) => `${words} ${on}${words.includes('changed') ? whatOf(before.roles, after.roles) : ''}`,
    ),
  ];
}

/** A role's settings, by their keys in the file. */
const OF_ROLE: Readers<RoleConfig> = {
  about: ({ about }) => about,
  channel: ({ channel }) => channel,
  approvers: ({ policy }) => policy.approvals,
  more: ({ policy }) => policy.more,
  quiet: ({ policy }) => policy.quiet,
  notify: ({ policy }) => policy.notify,
  on_call: ({ policy }) => policy.onCall,
  automatic: ({ policy }) => policy.automatic,
  repeat: ({ policy }) => policy.repeatMs,
  extend: ({ policy }) => policy.extend,
  escalate: ({ policy }) => policy.escalate,
  break_glass: ({ policy }) => policy.breakGlass,
  reason: ({ policy }) => [policy.reasonRequired, policy.reasonRule],
  deny_reason: ({ policy }) => policy.denyReasonRequired,
  pending_timeout: ({ policy }) => policy.pendingTimeoutMs,
  durations: ({ policy }) => [policy.durationsMs, policy.defaultDurationMs, policy.maxMs],
  requesters: ({ policy }) => [policy.requesters, policy.channels],
  max_danger: ({ policy }) => policy.maxDanger,
  sessions: ({ terms }) => terms,
};

function whatOf(before: TargetConfig['roles'], after: TargetConfig['roles']): string {
  const words = Object.keys(OF_ROLE).filter((word) =>
    [...after].some(([name, role]) => {
      const old = before.get(name);
      return old !== undefined && !same(OF_ROLE[word]?.(old), OF_ROLE[word]?.(role));
    }),
  );
  return words.length === 0 ? '' : ` (${words.join(', ')})`;
}

/** "3 roles added", "1 role changed", "2 roles removed". */
function entryChanges<T>(
  before: ReadonlyMap<string, T>,
  after: ReadonlyMap<string, T>,
  what: readonly [one: string, many: string],
): readonly string[] {
  const numbers = {
    added: [...after.keys()].filter((key) => !before.has(key)).length,
    changed: [...after].filter(([key, value]) => before.has(key) && !same(before.get(key), value)).length,
    removed: [...before.keys()].filter((key) => !after.has(key)).length,
  };
  return Object.entries(numbers)
    .filter(([, n]) => n > 0)
    .map(([how, n]) => `${n} ${n === 1 ? what[0] : what[1]} ${how}`);
}

function plainRoles(roles: TargetConfig['roles']): ReadonlyMap<string, unknown> {
  return new Map([...roles].map(([name, role]) => [name, bare(role)]));
}

/** Without its origins, which aren't part of what it means and are worked out only when asked for. */
function bare({ role, about, channel, policy, terms }: RoleConfig): object {
  return { role, about, channel, policy, terms };
}

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`;
}
