import { shortDuration } from '../../domain/duration.js';
import type { OnCallRule } from '../../domain/policy/policy.js';
import type { Origin } from '../config.js';
import type { Settings } from '../schema.js';
import type { Problem } from '../yaml/problem.js';
import { type Found, type Layer, merged, nearest, nearestOr, origin } from './layers.js';
import { sayLevels, sayPeople } from './say-policy.js';

const HOUR = 3_600_000;

/** `on_call:` of all layers, nearest first. */
export function resolveOnCall(
  layers: readonly Layer<Settings>[],
): { readonly rule: OnCallRule | null; readonly origins: readonly Origin[] } | Problem {
  const { said, off } = merged(layers, 'on_call');
  const [first] = said;
  if (first === undefined) return { rule: null, origins: [origin('on_call', 'none', off)] };

  const schedules = nearest(said, 'schedules');
  const policies = nearest(said, 'escalation_policies');
  const slack = nearest(said, 'slack');
  const max = nearestOr(said, 'max', HOUR);
  // A Slack group has a limit of its own beside it (domain/policy/rules.ts).
  const danger = nearestOr(said, 'max_danger', null);
  if (schedules === null && policies === null && slack === null) {
    const message = 'names nobody; it needs schedules, escalation_policies or slack';
    return first.source.problem(first.path, message, 'key');
  }
  if (slack !== null && danger.value === 'admin' && danger.layer !== null) {
    const message =
      'a Slack user group approves no role of danger admin; write read or write, or take out slack';
    return danger.layer.source.problem([...danger.layer.path, 'max_danger'], message);
  }
  const rule: OnCallRule = {
    schedules: schedules?.value ?? [],
    escalationPolicies: (policies?.value ?? []).map(({ id, levels }) => ({ id, levels: levels ?? null })),
    slackGroups: slack?.value ?? [],
    maxMs: max.value,
    maxDanger: danger.value,
  };
  const shown = (key: string, value: string, found: Found<unknown> | null) =>
    found === null ? [] : [origin(`on_call.${key}`, value, found.layer, [key])];
  return {
    rule,
    origins: [
      ...shown('schedules', rule.schedules.join(', '), schedules),
      ...shown('escalation_policies', rule.escalationPolicies.map(sayLevels).join(', '), policies),
      ...shown('slack', sayPeople(rule.slackGroups), slack),
      ...shown('max', shortDuration(rule.maxMs), max),
      ...shown('max_danger', rule.maxDanger ?? 'none', danger),
    ],
  };
}
