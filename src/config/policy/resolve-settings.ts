/**
 * From layers to one policy: `defaults` < target < `policy` < role. The nearest wins; maps merge by key, lists and
 * scalars are replaced whole. What no layer says is Hallpass's own default.
 */
import { shortDuration } from '../../domain/duration.js';
import type { Policy } from '../../domain/policy/policy.js';
import { DEFAULT_TERMS, type GrantTerms } from '../../domain/request/grant-terms.js';
import type { Origin } from '../config.js';
import type { Settings } from '../schema.js';
import type { Problem } from '../yaml/problem.js';
import type { Path } from '../yaml/source.js';
import { type Found, isAsNear, type Layer, merged, nearest, nearestOr, origin } from './layers.js';
import { resolveApprovals } from './resolve-approvals.js';
import { resolveOnCall } from './resolve-on-call.js';
import { resolveReason } from './resolve-reason.js';
import { resolveAutomatic, resolveBreakGlass } from './resolve-unattended.js';
import { resolveEscalate } from './resolve-waiting.js';
import { sayPeople } from './say-policy.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DURATIONS = [30 * MINUTE, HOUR, 4 * HOUR];
const DEFAULT_DURATION = HOUR;
const MAX = 4 * HOUR;
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

  const who = resolveApprovals(layers);
  if ('message' in who) return who;
  const onCall = resolveOnCall(layers);
  if ('message' in onCall) return onCall;
  const reason = resolveReason(layers);
  if ('message' in reason) return reason;

  const notify = get('notify', 'channel' as const);
  const repeat = get('repeat', null);
  const extend = merged(layers, 'extend').said;
  const [times, total] = [nearestOr(extend, 'times', null), nearestOr(extend, 'total', null)];
  const denyReason = get('deny_reason', 'optional');
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
  const idle = get('idle', DEFAULT_TERMS.idleMs);
  const channel = nearest(layers, 'channel') ?? home;

  const outside = wrongDurations(layers, durations, preset, max);
  if (outside !== null) return outside;
  const automatic = resolveAutomatic(layers, max);
  if ('message' in automatic) return automatic;
  const breakGlass = resolveBreakGlass(layers, max);
  if ('message' in breakGlass) return breakGlass;
  const escalate = resolveEscalate(layers, pending);
  if ('message' in escalate) return escalate;

  // What a nearer max cuts off is left out on purpose.
  const defaultDurationMs = Math.min(preset.value, max.value);
  // The menu opens on the default: Slack refuses a menu that doesn't contain it.
  const menu = new Set([...durations.value.filter((ms) => ms <= max.value), defaultDurationMs]);
  const policy: Policy = {
    approvals: who.approvals,
    more: who.more,
    quiet: who.quiet,
    notify: notify.value,
    onCall: onCall.rule,
    automatic: automatic.rule,
    repeatMs: repeat.value,
    extend: { times: times.value, totalMs: total.value },
    escalate: escalate.steps,
    breakGlass: breakGlass.rule,
    reasonRequired: reason.reasonRequired,
    reasonRule: reason.reasonRule,
    denyReasonRequired: denyReason.value === 'required',
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
    terms: { sessions: sessions.value, setRole: setRole.value, graceMs: grace.value, idleMs: idle.value },
    origins: [
      ...who.origins,
      origin('notify', notify.value, notify.layer),
      ...onCall.origins,
      ...automatic.origins,
      origin('repeat', repeat.value === null ? 'none' : shortDuration(repeat.value), repeat.layer),
      origin('extend.times', String(times.value ?? 'no limit'), times.layer, ['times']),
      origin('extend.total', total.value === null ? 'no limit' : shortDuration(total.value), total.layer, [
        'total',
      ]),
      ...escalate.origins,
      ...breakGlass.origins,
      ...reason.origins,
      origin('deny_reason', denyReason.value, denyReason.layer),
      origin('durations', policy.durationsMs.map(shortDuration).join(', '), durations.layer),
      preset.value > max.value
        ? origin('default_duration', shortDuration(max.value), max.layer, ['max'])
        : origin('default_duration', shortDuration(preset.value), preset.layer),
      origin('max', shortDuration(policy.maxMs), max.layer),
      origin('pending_timeout', shortDuration(policy.pendingTimeoutMs), pending.layer),
      origin('requesters', requesters.value ? sayPeople(requesters.value) : 'everybody', requesters.layer),
      origin('channels', channels.value?.join(', ') ?? 'anywhere', channels.layer),
      origin('max_danger', maxDanger.value ?? 'none', maxDanger.layer),
      origin('sessions', sessions.value, sessions.layer),
      origin('allow_set_role', String(setRole.value), setRole.layer),
      origin('grace', shortDuration(grace.value), grace.layer),
      origin('idle', idle.value === null ? 'never' : shortDuration(idle.value), idle.layer),
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
  const limit = `max, which is ${shortDuration(max.value)}${max.layer === null ? ' where nothing else is written' : ''}`;
  const wrong = ({ layer }: Written<unknown>, path: Path, message: string) =>
    layer?.source.problem([...layer.path, ...path], message) ?? null;

  const tooLong = durations.value.findIndex((ms) => ms > max.value);
  if (tooLong >= 0 && isAsNear(layers, durations, max)) {
    const ms = shortDuration(durations.value[tooLong] ?? 0);
    const message = `${ms} is longer than ${limit}; leave it out, or write a longer max`;
    return wrong(durations, ['durations', tooLong], message);
  }
  if (preset.value > max.value && isAsNear(layers, preset, max)) {
    const message = `${shortDuration(preset.value)} is longer than ${limit}; write a shorter one`;
    return wrong(preset, ['default_duration'], message);
  }
  if (
    !durations.value.includes(preset.value) &&
    durations.layer !== null &&
    isAsNear(layers, preset, durations)
  ) {
    const menu = durations.value.map(shortDuration).join(', ');
    const message = `${shortDuration(preset.value)} is none of durations (${menu}); write one of them`;
    return wrong(preset, ['default_duration'], message);
  }
  return null;
}
