/**
 * From layers to one policy: `defaults` < target < `policy` < role. The nearest wins; maps merge by key, lists and
 * scalars are replaced whole. What no layer says is Hallpass's own default.
 */
import { shortDuration } from '../domain/duration.js';
import { DEFAULT_TERMS, type GrantTerms } from '../domain/grant-terms.js';
import type { OnCallRule, Policy, Principal } from '../domain/policy.js';
import type { Origin } from './config.js';
import { type Found, type Layer, nearest, nearestOr, origin } from './layers.js';
import type { Problem } from './problem.js';
import type { Settings } from './schema.js';
import type { Path } from './source.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DURATIONS = [30 * MINUTE, HOUR, 4 * HOUR];
const DEFAULT_DURATION = HOUR;
const MAX = 4 * HOUR;
const ON_CALL_MAX = HOUR;
const PENDING_TIMEOUT = 8 * HOUR;

export interface Resolved {
  readonly channel: string;
  readonly policy: Policy;
  readonly terms: GrantTerms;
  readonly origins: readonly Origin[];
}

/**
 * @param layers nearest first.
 * @param home the channel of cards when no layer names one.
 */
export function resolveSettings(
  layers: readonly [Layer<Settings>, ...Layer<Settings>[]],
  home: Found<string>,
): Resolved | Problem {
  const get = <K extends keyof Settings, V>(key: K, otherwise: V) => nearestOr(layers, key, otherwise);

  const approvers = nearest(layers, 'approvers');
  if (approvers === null) {
    const [{ source, path }] = layers;
    const message = 'has no approvers; name them here, in its policy, its target or in defaults';
    return source.problem(path, message, 'key');
  }
  const onCall = resolveOnCall(layers);
  if (onCall !== null && 'message' in onCall) return onCall;

  const reason = get('reason', 'required');
  const durations = get('durations', DURATIONS);
  const preset = get('default_duration', DEFAULT_DURATION);
  const max = get('max', MAX);
  const pending = get('pending_timeout', PENDING_TIMEOUT);
  const requesters = get('requesters', null);
  const channels = get('channels', null);
  const maxDanger = get('max_danger', null);
  const sessions = get('sessions', DEFAULT_TERMS.sessions);
  const setRole = get('allow_set_role', DEFAULT_TERMS.setRole);
  const grace = get('grace', DEFAULT_TERMS.graceMs);
  const channel = nearest(layers, 'channel') ?? home;

  const outside = wrongDurations(layers, durations, preset, max);
  if (outside !== null) return outside;
  // What a nearer max cuts off is left out on purpose.
  const defaultDurationMs = Math.min(preset.value, max.value);
  // The menu opens on the default: Slack refuses a menu that doesn't contain it.
  const menu = new Set([...durations.value.filter((ms) => ms <= max.value), defaultDurationMs]);
  const policy: Policy = {
    approvals: [{ from: approvers.value, count: 1 }],
    more: [],
    quiet: [],
    notify: 'channel',
    onCall: onCall?.rule ?? null,
    automatic: null,
    repeatMs: null,
    extend: { times: null, totalMs: null },
    escalate: [],
    breakGlass: null,
    reasonRule: null,
    denyReasonRequired: false,
    reasonRequired: reason.value === 'required',
    durationsMs: [...menu].sort((a, b) => a - b),
    defaultDurationMs,
    maxMs: max.value,
    pendingTimeoutMs: pending.value,
    requesters: requesters.value,
    channels: channels.value,
    maxDanger: maxDanger.value,
  };
  return {
    channel: channel.value,
    policy,
    terms: { sessions: sessions.value, setRole: setRole.value, graceMs: grace.value },
    origins: [
      origin('approvers', sayPrincipals(approvers.value), approvers.layer),
      ...(onCall?.origins ?? [origin('on_call', 'none', null)]),
      origin('reason', reason.value, reason.layer),
      origin('durations', policy.durationsMs.map(shortDuration).join(', '), durations.layer),
      preset.value > max.value
        ? origin('default_duration', shortDuration(max.value), max.layer, ['max'])
        : origin('default_duration', shortDuration(preset.value), preset.layer),
      origin('max', shortDuration(policy.maxMs), max.layer),
      origin('pending_timeout', shortDuration(policy.pendingTimeoutMs), pending.layer),
      origin(
        'requesters',
        requesters.value ? sayPrincipals(requesters.value) : 'everybody',
        requesters.layer,
      ),
      origin('channels', channels.value?.join(', ') ?? 'anywhere', channels.layer),
      origin('max_danger', maxDanger.value ?? 'none', maxDanger.layer),
      origin('sessions', sessions.value, sessions.layer),
      origin('allow_set_role', String(setRole.value), setRole.layer),
      origin('grace', shortDuration(grace.value), grace.layer),
      origin('channel', channel.value, channel.layer),
    ],
  };
}

type Written<T> = Found<T> & { readonly layer: Layer<Settings> | null };

/** A duration that is written as near as the max that it exceeds is a mistake. */
function wrongDurations(
  layers: readonly Layer<Settings>[],
  durations: Written<readonly number[]>,
  preset: Written<number>,
  max: Written<number>,
): Problem | null {
  const distance = ({ layer }: Written<unknown>) =>
    layer === null ? Number.POSITIVE_INFINITY : layers.indexOf(layer);
  const isAsNear = (one: Written<unknown>, other: Written<unknown>) => distance(one) <= distance(other);
  const limit = `max, which is ${shortDuration(max.value)}${max.layer === null ? ' where nothing else is written' : ''}`;
  const wrong = ({ layer }: Written<unknown>, path: Path, message: string) =>
    layer?.source.problem([...layer.path, ...path], message) ?? null;

  const tooLong = durations.value.findIndex((ms) => ms > max.value);
  if (tooLong >= 0 && isAsNear(durations, max)) {
    const ms = shortDuration(durations.value[tooLong] ?? 0);
    const message = `${ms} is longer than ${limit}; leave it out, or write a longer max`;
    return wrong(durations, ['durations', tooLong], message);
  }
  if (preset.value > max.value && isAsNear(preset, max)) {
    const message = `${shortDuration(preset.value)} is longer than ${limit}; write a shorter one`;
    return wrong(preset, ['default_duration'], message);
  }
  if (!durations.value.includes(preset.value) && durations.layer !== null && isAsNear(preset, durations)) {
    const menu = durations.value.map(shortDuration).join(', ');
    const message = `${shortDuration(preset.value)} is none of durations (${menu}); write one of them`;
    return wrong(preset, ['default_duration'], message);
  }
  return null;
}

interface ResolvedOnCall {
  readonly rule: OnCallRule | null;
  readonly origins: Origin[];
}

/** @returns null when no layer mentions it. */
function resolveOnCall(layers: readonly Layer<Settings>[]): ResolvedOnCall | Problem | null {
  const said: Layer<NonNullable<Settings['on_call']>>[] = [];
  for (const layer of layers) {
    const keys = layer.settings.on_call;
    // null switches off what the layers further away say.
    if (keys === null) {
      if (said.length === 0) return { rule: null, origins: [origin('on_call', 'none', layer)] };
      break;
    }
    if (keys === undefined) continue;
    said.push({ settings: keys, source: layer.source, path: [...layer.path, 'on_call'] });
  }
  const [first] = said;
  if (first === undefined) return null;

  const schedules = nearest(said, 'schedules');
  const policies = nearest(said, 'escalation_policies');
  const max = nearestOr(said, 'max', ON_CALL_MAX);
  if (schedules === null && policies === null) {
    return first.source.problem(first.path, 'names nobody; it needs schedules or escalation_policies', 'key');
  }
  const rule: OnCallRule = {
    schedules: schedules?.value ?? [],
    escalationPolicies: (policies?.value ?? []).map(({ id, levels }) => ({ id, levels: levels ?? null })),
    slackGroups: [],
    maxMs: max.value,
    maxDanger: null,
  };
  const shown = (key: string, value: string, found: Found<unknown> | null) =>
    found === null ? [] : [origin(`on_call.${key}`, value, found.layer, [key])];
  const levels = (of: readonly number[] | null) => (of === null ? 'every level' : `levels ${of.join(', ')}`);
  return {
    rule,
    origins: [
      ...shown('schedules', rule.schedules.join(', '), schedules),
      ...shown(
        'escalation_policies',
        rule.escalationPolicies.map((policy) => `${policy.id} (${levels(policy.levels)})`).join(', '),
        policies,
      ),
      ...shown('max', shortDuration(rule.maxMs), max),
    ],
  };
}

function sayPrincipals(principals: readonly Principal[]): string {
  return principals.map(({ id, name }) => (name === null ? id : `${name} (${id})`)).join(', ');
}
