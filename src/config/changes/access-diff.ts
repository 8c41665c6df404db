/**
 * Who gains and loses what between two configurations, for `hallpass config --diff`. Pure; holds no secret, and nothing of
 * how servers are reached.
 */
import { isDeepStrictEqual as same } from 'node:util';
import { shortDuration } from '../../domain/duration.js';
import { deciders, type Policy } from '../../domain/policy/policy.js';
import type { Config, RoleConfig, TargetConfig } from '../config.js';
import {
  sayApprovals,
  sayEscalate,
  sayLevels,
  sayMore,
  sayPeople,
  sayPrincipal,
  sayTimes,
} from '../policy/say-policy.js';

/** One thing that differs, at each place where it does. */
export interface AccessChange {
  readonly how: 'gains' | 'loses' | 'changes';
  /** `shop-prod/orders_read`, `shop-prod`, or `everywhere`; sorted. */
  readonly places: readonly string[];
  /** What of it, in words. */
  readonly says: string;
}

interface Difference {
  readonly how: AccessChange['how'];
  readonly says: string;
}

/** Sorted by place; what differs in the same way at several places is told once. */
export function accessDiff(before: Config, after: Config): readonly AccessChange[] {
  const found = [
    ...at('everywhere', [...compare(OF_ALL, before, after), ...peopleChanges(before.people, after.people)]),
    ...both(before.targets, after.targets).flatMap(([key, old, now]) => targetDiff(key, old, now)),
  ];
  const folded = new Map<string, AccessChange>();
  for (const { place, how, says } of found) {
    const key = JSON.stringify([how, says]);
    const places = [...(folded.get(key)?.places ?? []), place];
    folded.set(key, { how, says, places: places.toSorted(byName) });
  }
  return [...folded.values()].toSorted(
    (a, b) =>
      byName(a.places.join(), b.places.join()) ||
      ORDER.indexOf(a.how) - ORDER.indexOf(b.how) ||
      byName(a.says, b.says),
  );
}

const ORDER = ['gains', 'loses', 'changes'] as const;
const MARKS = { gains: '+', loses: '-', changes: '~' } as const;
/** More places than these are counted. */
const MOST_PLACES = 10;

/** `+ shop-prod/orders_read, shop-prod/orders_write: sre (S0123456788) may decide` */
export function sayAccessChange({ how, places, says }: AccessChange): string {
  const more = places.length - MOST_PLACES;
  const where = places.slice(0, MOST_PLACES).join(', ') + (more > 0 ? ` and ${more} more` : '');
  return `${MARKS[how]} ${where}: ${says}`;
}

/** By the words for it, what it is before and after: what is in a list is gained and lost, a text changes. */
type Readers<T> = Readonly<Record<string, (of: T) => string | readonly string[]>>;

const OF_ALL: Readers<Config> = {
  'is an operator': ({ operators }) => operators.map(sayPrincipal),
  pending_per_person: ({ limits }) => String(limits.pendingPerPerson),
  requests_per_minute: ({ limits }) => String(limits.requestsPerMinute),
  'slack.command': ({ slack }) => slack.command,
  'slack.operators_channel': ({ slack }) => slack.operatorsChannel,
};

const OF_TARGET: Readers<TargetConfig> = {
  name: ({ name }) => name,
  environment: ({ environment }) => environment ?? 'none',
  grant: ({ grant }) => String(grant),
  mode: ({ mode }) => mode,
  kind: ({ kind }) => kind,
  orphans: ({ orphans }) => orphans,
  'logins by e-mail address': ({ emailRule: rule }) =>
    rule === null ? 'none' : `${rule.pattern} of ${rule.domains.join(', ')}`,
};

const ms = (value: number | null, otherwise = 'none') => (value === null ? otherwise : shortDuration(value));

/** Every part of a policy has a line here. */
const OF_POLICY: { readonly [K in keyof Policy]: Readers<Policy> } = {
  approvals: {
    'may decide': (policy) => deciders(policy).map(sayPrincipal),
    approvals: ({ approvals }) => sayApprovals(approvals),
  },
  more: { more: ({ more }) => sayMore(more) },
  quiet: { quiet: ({ quiet }) => sayPeople(quiet) || 'none' },
  notify: { notify: ({ notify }) => notify },
  onCall: {
    'is granted at once': ({ onCall }) => [
      ...(onCall?.schedules ?? []).map((id) => `on call in PagerDuty's schedule ${id}`),
      ...(onCall?.escalationPolicies ?? []).map((each) => `on call in PagerDuty's policy ${sayLevels(each)}`),
      ...(onCall?.slackGroups ?? []).map((group) => `on call in ${sayPrincipal(group)}`),
    ],
    'on_call.max': ({ onCall }) => ms(onCall?.maxMs ?? null),
    'on_call.max_danger': ({ onCall }) => onCall?.maxDanger ?? 'none',
  },
  automatic: {
    automatic: ({ automatic: rule }) =>
      rule === null ? 'none' : `up to ${ms(rule.maxMs)}, danger ${rule.maxDanger}, ${sayTimes(rule.hours)}`,
  },
  repeatMs: { repeat: ({ repeatMs }) => ms(repeatMs) },
  extend: {
    'extend.times': ({ extend }) => String(extend.times ?? 'no limit'),
    'extend.total': ({ extend }) => ms(extend.totalMs, 'no limit'),
  },
  escalate: { escalate: ({ escalate }) => sayEscalate(escalate) },
  breakGlass: {
    'may use break-glass': ({ breakGlass }) => (breakGlass?.who ?? []).map(sayPrincipal),
    'reviews break-glass': ({ breakGlass }) => (breakGlass?.review ?? []).map(sayPrincipal),
    'break_glass.max': ({ breakGlass }) => ms(breakGlass?.maxMs ?? null),
  },
  reasonRequired: { reason: ({ reasonRequired }) => (reasonRequired ? 'required' : 'optional') },
  reasonRule: {
    'reason.pattern': ({ reasonRule }) => reasonRule?.pattern ?? 'none',
    'reason.hint': ({ reasonRule }) => reasonRule?.hint ?? 'none',
    'reason.link': ({ reasonRule }) => reasonRule?.link ?? 'none',
  },
  denyReasonRequired: {
    deny_reason: ({ denyReasonRequired }) => (denyReasonRequired ? 'required' : 'optional'),
  },
  durationsMs: { durations: ({ durationsMs }) => durationsMs.map(shortDuration).join(', ') },
  defaultDurationMs: { default_duration: ({ defaultDurationMs }) => ms(defaultDurationMs) },
  maxMs: { max: ({ maxMs }) => ms(maxMs) },
  pendingTimeoutMs: { pending_timeout: ({ pendingTimeoutMs }) => ms(pendingTimeoutMs) },
  requesters: {
    'may ask': ({ requesters }) => requesters?.map(sayPrincipal) ?? ['everyone who has a login'],
  },
  channels: { channels: ({ channels }) => channels?.join(', ') ?? 'anywhere' },
  maxDanger: { max_danger: ({ maxDanger }) => maxDanger ?? 'none' },
};

const OF_ROLE: Readers<RoleConfig> = {
  about: ({ about }) => about ?? 'none',
  channel: ({ channel }) => channel,
  sessions: ({ terms }) => terms.sessions,
  allow_set_role: ({ terms }) => String(terms.setRole),
  grace: ({ terms }) => ms(terms.graceMs),
  idle: ({ terms }) => ms(terms.idleMs, 'never'),
};

/** What is told of a role that is new. */
const OF_NEW_ROLE: Readers<Policy> = {
  ...pick(OF_POLICY.approvals, 'approvals'),
  ...OF_POLICY.more,
  ...OF_POLICY.maxMs,
  ...OF_POLICY.onCall,
  ...OF_POLICY.automatic,
  ...OF_POLICY.breakGlass,
};

function pick<T>(readers: Readers<T>, name: string): Readers<T> {
  return Object.fromEntries(Object.entries(readers).filter(([each]) => each === name));
}

interface Placed extends Difference {
  readonly place: string;
}

function at(place: string, differences: readonly Difference[]): readonly Placed[] {
  return differences.map((difference) => ({ place, ...difference }));
}

function targetDiff(
  key: string,
  old: TargetConfig | undefined,
  now: TargetConfig | undefined,
): readonly Placed[] {
  return [
    ...(old === undefined ? at(key, [{ how: 'gains', says: 'target added' }]) : []),
    ...(now === undefined ? at(key, [{ how: 'loses', says: 'target removed' }]) : []),
    ...(old === undefined || now === undefined ? [] : at(key, compare(OF_TARGET, old, now))),
    ...at(key, peopleChanges(loginsOf(old), loginsOf(now))),
    ...both(rolesOf(old), rolesOf(now)).flatMap(([name, was, is]) => at(`${key}/${name}`, roleDiff(was, is))),
  ];
}

function loginsOf(target: TargetConfig | undefined): ReadonlyMap<string, { readonly login: string | null }> {
  return new Map([...(target?.people ?? [])].map(([id, login]) => [id, { login }]));
}

/** Those that are listed, and the patterns by which others are found. */
function rolesOf(target: TargetConfig | undefined): ReadonlyMap<string, RoleConfig> {
  return new Map([
    ...(target?.roles ?? []),
    ...(target?.discover ?? []).map(({ match, like }) => [`discover ${match}`, like] as const),
  ]);
}

function roleDiff(was: RoleConfig | undefined, is: RoleConfig | undefined): readonly Difference[] {
  if (was === undefined && is !== undefined) {
    const said = Object.entries(OF_NEW_ROLE).flatMap(([name, read]) => {
      const value = read(is.policy);
      if (typeof value === 'string') return value === 'none' ? [] : [`${name} ${value}`];
      return value.map((each) => `${each} ${name}`);
    });
    return [
      { how: 'gains', says: `role added: ${said.join('; ')}` },
      ...compare(OF_POLICY.requesters, { ...is.policy, requesters: [] }, is.policy),
    ];
  }
  if (was !== undefined && is === undefined) return [{ how: 'loses', says: 'role removed' }];
  if (was === undefined || is === undefined) return [];
  return [
    ...Object.values(OF_POLICY).flatMap((readers) => compare(readers, was.policy, is.policy)),
    ...compare(OF_ROLE, was, is),
  ];
}

function compare<T>(readers: Readers<T>, before: T, after: T): readonly Difference[] {
  return Object.entries(readers).flatMap(([name, read]): readonly Difference[] => {
    const [old, now] = [read(before), read(after)];
    if (same(old, now)) return [];
    if (typeof old === 'string' || typeof now === 'string') {
      return [{ how: 'changes', says: `${name}: ${String(old)} → ${String(now)}` }];
    }
    return [
      ...now
        .filter((each) => !old.includes(each))
        .map((each) => ({ how: 'gains' as const, says: `${each} ${name}` })),
      ...old
        .filter((each) => !now.includes(each))
        .map((each) => ({ how: 'loses' as const, says: `${each} ${noLonger(name)}` })),
    ];
  });
}

/** `may no longer decide`. */
function noLonger(does: string): string {
  return /^(?:may|is) /.test(does) ? does.replace(' ', ' no longer ') : `no longer ${does}`;
}

/** Who logs in as whom. */
function peopleChanges(
  before: ReadonlyMap<string, { readonly login: string | null; readonly pagerduty?: string | null }>,
  after: typeof before,
): readonly Difference[] {
  return both(before, after).flatMap(([id, old, now]): readonly Difference[] => {
    if (same(old, now)) return [];
    const says = (of: typeof old) =>
      of === undefined
        ? 'not mentioned'
        : `login ${of.login ?? 'none'}${of.pagerduty ? `, PagerDuty ${of.pagerduty}` : ''}`;
    return [{ how: 'changes', says: `${id}: ${says(old)} → ${says(now)}` }];
  });
}

/** Everything that either has, sorted by name. */
function both<T>(
  before: ReadonlyMap<string, T>,
  after: ReadonlyMap<string, T>,
): readonly (readonly [name: string, before: T | undefined, after: T | undefined])[] {
  const names = [...new Set([...before.keys(), ...after.keys()])].toSorted(byName);
  return names.map((name) => [name, before.get(name), after.get(name)] as const);
}

/** The same on every machine. */
function byName(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
