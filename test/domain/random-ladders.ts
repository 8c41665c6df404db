/** Random ladders and a clock that is turned: what each request goes through until it lapses; for tests and for chaos. */
import {
  ANSWER_MS,
  APART_MS,
  hasLapsed,
  nextStepAt,
  type Step,
} from '../../src/domain/request/escalation.js';
import type { AccessRequest } from '../../src/domain/request/request.js';
import type { RequestEvent } from '../../src/domain/request/request-events.js';
import { transition } from '../../src/domain/request/transition.js';
import { whyRefused } from '../../src/domain/request/transitions/refusals.js';
import { aRequest, later, NOON } from './a-request.js';

const MINUTE = 60_000;
/** A request that has not lapsed by then never does. */
const MOST_LOOKS = 5_000;

/** @param random numbers from 0 to 1. @returns what goes wrong with so many requests, a sentence each */
export function wronglyLapsed(random: () => number, requests: number): readonly string[] {
  const below = (n: number) => Math.floor(random() * n);
  return Array.from({ length: requests }).flatMap(() => climbDown(below));
}

/** One request that nobody decides, looked at now and then, until it lapses. */
function climbDown(below: (n: number) => number): readonly string[] {
  const times = Array.from({ length: below(7) }, () => 1_000 * (1 + below(7_200)));
  let steps: readonly Step[] = times
    .toSorted((a, b) => a - b)
    .map((afterMs) => ({ afterMs, remind: true, to: [], page: false }));
  let request = aRequest({
    pendingUntil: later(1_000 * (1 + below(9_000))),
    stepAt: nextStepAt(steps, { createdAt: NOON, stepsTold: 0, stepToldAt: null }),
  });
  const wrong: string[] = [];
  const told: number[] = [];
  let now = 0;
  for (let looks = 0; request.state === 'pending'; looks++) {
    if (looks >= MOST_LOOKS) return [...wrong, say('never lapses', steps, told, now)];
    // Mostly a heartbeat; once in a while Hallpass is down.
    now += below(12) === 0 ? below(6 * 60 * MINUTE) : below(15_000);
    // Today's policy has fewer steps, or later ones.
    if (below(40) === 0) steps = steps.slice(0, below(steps.length + 1));
    if (below(40) === 0) steps = steps.map((step) => ({ ...step, afterMs: step.afterMs + below(600_000) }));
    // What is due is looked at first; now and then the lapse comes first, as from another replica.
    const [step, lapse]: RequestEvent[] = [{ type: 'step_due', steps }, { type: 'lapse' }];
    for (const event of below(2) === 0 ? [step, lapse] : [lapse, step]) {
      if (event === undefined) continue;
      const result = transition(request, event, later(now));
      if (!result.ok) continue;
      if (result.audit.kind === 'step_told') told.push(now);
      if (event.type === 'lapse' && !isRight(request, steps, told, now)) {
        wrong.push(say('lapses wrongly', steps, told, now));
      }
      request = result.next;
    }
    const canDecide = whyRefused(request, 'approve', later(now)) === null;
    if (canDecide !== (request.state === 'pending' && !hasLapsed(request, later(now)))) {
      wrong.push(say(canDecide ? 'is decided too late' : 'can’t be decided', steps, told, now));
    }
  }
  return wrong;
}

/** It may lapse: its time is up, and each step was told, apart from the others, and had its time to be answered. */
function isRight(
  { pendingUntil }: AccessRequest,
  steps: readonly Step[],
  told: readonly number[],
  now: number,
): boolean {
  const last = told.at(-1);
  return (
    now >= pendingUntil.getTime() - NOON.getTime() &&
    told.length >= steps.length &&
    (last === undefined || now - last >= ANSWER_MS) &&
    told.every((at, i) => at - (told[i - 1] ?? -APART_MS) >= APART_MS)
  );
}

function say(what: string, steps: readonly Step[], told: readonly number[], now: number): string {
  return `${what} at ${now} ms, steps at ${steps.map(({ afterMs }) => afterMs).join(', ')}, told at ${told.join(', ')}`;
}
