/** What happens while nobody decides: `escalate:`, which ends before `pending_timeout`. */
import { shortDuration } from '../../domain/duration.js';
import type { Step } from '../../domain/request/escalation.js';
import type { Origin } from '../config.js';
import type { Settings } from '../schema.js';
import type { Problem } from '../yaml/problem.js';
import { type Found, isAsNear, type Layer, nearestOr, origin } from './layers.js';
import { sayEscalate } from './say-policy.js';

/** @param layers nearest first. @param pending when a request lapses, milliseconds after it was made. */
export function resolveEscalate(
  layers: readonly Layer<Settings>[],
  pending: Found<number>,
): { readonly steps: readonly Step[]; readonly origins: readonly Origin[] } | Problem {
  const { value, layer } = nearestOr(layers, 'escalate', null);
  const steps = value ?? [];
  const last = steps.at(-1);
  if (last !== undefined && last.afterMs >= pending.value && layer !== null) {
    const [after, lapse] = [shortDuration(last.afterMs), shortDuration(pending.value)];
    if (pending.layer !== null && !isAsNear(layers, { layer }, pending)) {
      const message = `the last step of escalate comes after ${after}, when the request has lapsed; write a longer pending_timeout, or earlier steps`;
      return pending.layer.source.problem([...pending.layer.path, 'pending_timeout'], message);
    }
    const otherwise = pending.layer === null ? ' where nothing else is written' : '';
    const message = `${after} is too late: the request lapses by pending_timeout, which is ${lapse}${otherwise}; write an earlier step, or a longer pending_timeout`;
    return layer.source.problem([...layer.path, 'escalate', steps.length - 1, 'after'], message);
  }
  return { steps, origins: [origin('escalate', sayEscalate(steps), layer)] };
}
