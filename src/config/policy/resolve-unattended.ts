/** What is granted before anyone has decided, besides on call: `automatic:` and `break_glass:`. */
import { shortDuration } from '../../domain/duration.js';
import { isGroup, type Policy, type Principal } from '../../domain/policy/policy.js';
import type { Origin } from '../config.js';
import type { Settings } from '../schema.js';
import type { Problem } from '../yaml/problem.js';
import { type Found, isAsNear, type Layer, merged, nearest, nearestOr, origin } from './layers.js';
import { sayPeople, sayTimes } from './say-policy.js';

const HOUR = 3_600_000;

type Layers = readonly Layer<Settings>[];

interface Of<K extends 'automatic' | 'breakGlass'> {
  readonly rule: Policy[K];
  readonly origins: readonly Origin[];
}

/** @param layers nearest first. @param longest the role's own max, milliseconds. */
export function resolveAutomatic(layers: Layers, longest: Found<number>): Of<'automatic'> | Problem {
  const { said, off } = merged(layers, 'automatic');
  const [first] = said;
  if (first === undefined) return { rule: null, origins: [origin('automatic', 'none', off)] };
  const lacks = (key: string, what: string) =>
    first.source.problem(first.path, `lacks ${key}, ${what}`, 'key');
  const max = nearest(said, 'max');
  const danger = nearest(said, 'max_danger');
  const hours = nearestOr(said, 'hours', null);
  if (max === null) return lacks('max', 'the longest grant that needs no approver; write one like max: 30m');
  if (danger === null) return lacks('max_danger', 'what such a role can do at most; write read or write');
  const tooLong = wrongMax(layers, max, longest);
  if (tooLong !== null) return tooLong;
  const maxMs = Math.min(max.value, longest.value);
  return {
    rule: { maxMs, maxDanger: danger.value, hours: hours.value },
    origins: [
      origin('automatic.max', shortDuration(maxMs), max.layer, ['max']),
      origin('automatic.max_danger', danger.value, danger.layer, ['max_danger']),
      origin('automatic.hours', sayTimes(hours.value), hours.layer, ['hours']),
    ],
  };
}

/** As `resolveAutomatic`. */
export function resolveBreakGlass(layers: Layers, longest: Found<number>): Of<'breakGlass'> | Problem {
  const { said, off } = merged(layers, 'break_glass');
  const [first] = said;
  if (first === undefined) return { rule: null, origins: [origin('break_glass', 'none', off)] };
  const who = nearest(said, 'who');
  const review = nearest(said, 'review');
  const max = nearestOr(said, 'max', HOUR);
  if (who === null) {
    return first.source.problem(
      first.path,
      'lacks who, the people who may use it; write who: [a group]',
      'key',
    );
  }
  if (review === null) {
    const message = 'lacks review, the people who judge it afterwards; write review: [a group]';
    return first.source.problem(first.path, message, 'key');
  }
  const alone = reviewsAlone(who.value, review.value);
  if (alone !== null) {
    const message = `names only ${alone.id}, who may use it too and can't judge that themselves; name someone else`;
    return review.layer.source.problem([...review.layer.path, 'review'], message);
  }
  const tooLong = wrongMax(layers, max, longest);
  if (tooLong !== null) return tooLong;
  const maxMs = Math.min(max.value, longest.value);
  return {
    rule: { who: who.value, maxMs, review: review.value },
    origins: [
      origin('break_glass.who', sayPeople(who.value), who.layer, ['who']),
      origin('break_glass.max', shortDuration(maxMs), max.layer, ['max']),
      origin('break_glass.review', sayPeople(review.value), review.layer, ['review']),
    ],
  };
}

/** What a nearer max cuts off is cut off on purpose; one that is written as near is a mistake. */
function wrongMax(layers: Layers, max: Found<number>, longest: Found<number>): Problem | null {
  if (max.layer === null || max.value <= longest.value || !isAsNear(layers, max, longest)) return null;
  const otherwise = longest.layer === null ? ' where nothing else is written' : '';
  const message = `${shortDuration(max.value)} is longer than the role's own max, which is ${shortDuration(longest.value)}${otherwise}; write a shorter one`;
  return max.layer.source.problem([...max.layer.path, 'max'], message);
}

/** The only reviewer, where they may use it themselves. */
function reviewsAlone(who: readonly Principal[], review: readonly Principal[]): Principal | null {
  const [only, ...others] = review;
  if (only === undefined || others.length > 0 || isGroup(only)) return null;
  return who.some(({ id }) => id === only.id) ? only : null;
}
