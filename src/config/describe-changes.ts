/** What a configuration that was read again changes, in words for operators. Pure; no secret is in it. */
import { isDeepStrictEqual } from 'node:util';
import type { Config, RoleConfig, TargetConfig } from './config.js';

/** One line each; none when the two mean the same. */
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
    ...told('operators', before.operators, after.operators),
    ...told('limits', numbersOf(before.limits), numbersOf(after.limits)),
    ...told('channel', before.slack.channel, after.slack.channel),
    ...told('operators_channel', before.slack.operatorsChannel, after.slack.operatorsChannel),
  ];
}

/** What one target says of itself; in the order in which it is told. */
const OWN = {
  name: ({ name }: TargetConfig) => name,
  environment: ({ environment }: TargetConfig) => environment,
  grant: ({ grant }: TargetConfig) => grant,
  mode: ({ mode }: TargetConfig) => mode,
  kind: ({ kind }: TargetConfig) => kind,
  connection: ({ connect }: TargetConfig) => connect,
  replicas: ({ replicas }: TargetConfig) => replicas,
  orphans: ({ orphans }: TargetConfig) => orphans,
  'logins by e-mail address': ({ emailRule }: TargetConfig) => emailRule,
  people: ({ people }: TargetConfig) => people,
  discover: ({ discover }: TargetConfig) => discover.map(({ match, like }) => [match, bare(like)]),
} as const;

function targetChanges(before: TargetConfig, after: TargetConfig): readonly string[] {
  const own = Object.entries(OWN).flatMap(([what, of]) => (same(of(before), of(after)) ? [] : [what]));
  const on = `on ${after.name}`;
  return [
    ...(own.length === 0 ? [] : [`${own.join(', ')} changed ${on}`]),
    ...entryChanges(plainRoles(before.roles), plainRoles(after.roles), ['role', 'roles']).map(
      (words) => `${words} ${on}${words.includes('changed') ? whatOf(before.roles, after.roles) : ''}`,
    ),
  ];
}

/** What of a role people know by a word of the file. */
const OF_ROLE = {
  about: ({ about }: RoleConfig) => about,
  channel: ({ channel }: RoleConfig) => channel,
  approvers: ({ policy }: RoleConfig) => policy.approvers,
  on_call: ({ policy }: RoleConfig) => policy.onCall,
  durations: ({ policy }: RoleConfig) => [policy.durationsMs, policy.defaultDurationMs, policy.maxMs],
  requesters: ({ policy }: RoleConfig) => [policy.requesters, policy.channels],
  max_danger: ({ policy }: RoleConfig) => policy.maxDanger,
  sessions: ({ terms }: RoleConfig) => terms,
} as const;

function whatOf(before: TargetConfig['roles'], after: TargetConfig['roles']): string {
  const words = Object.entries(OF_ROLE).flatMap(([word, of]) => {
    const differs = [...after].some(([name, role]) => {
      const old = before.get(name);
      return old !== undefined && !same(of(old), of(role));
    });
    return differs ? [word] : [];
  });
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

function told(what: string, before: unknown, after: unknown): readonly string[] {
  return same(before, after) ? [] : [`${what} changed`];
}

function plainRoles(roles: TargetConfig['roles']): ReadonlyMap<string, unknown> {
  return new Map([...roles].map(([name, role]) => [name, bare(role)]));
}

/** Without where it stands in the file, which is no part of what it means, and is worked out only when it is asked for. */
function bare({ role, about, channel, policy, terms }: RoleConfig): object {
  return { role, about, channel, policy, terms };
}

function numbersOf({ pendingPerPerson, requestsPerMinute }: Config['limits']): object {
  return { pendingPerPerson, requestsPerMinute };
}

function same(a: unknown, b: unknown): boolean {
  return isDeepStrictEqual(a, b);
}

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`;
}
