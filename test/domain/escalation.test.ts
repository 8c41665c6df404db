import { describe, expect, it } from 'vitest';
import {
  ANSWER_MS,
  APART_MS,
  lapsesAt,
  type Step,
  toldStepSchema,
  withEscalated,
} from '../../src/domain/request/escalation.js';
import type { AccessRequest } from '../../src/domain/request/request.js';
import type { RequestEvent } from '../../src/domain/request/request-events.js';
import { transition } from '../../src/domain/request/transition.js';
import { whyRefused } from '../../src/domain/request/transitions/refusals.js';
import { randomFrom } from '../races/barrier.js';
import { aRequest, later } from './a-request.js';
import { wronglyLapsed } from './random-ladders.js';

const MINUTE = 60_000;
const DBA = { id: 'S0DBA', name: 'dba' };
const SRE = { id: 'S0SRE', name: 'sre' };
const CTO = { id: 'U0CTO', name: null };

const aStep = (afterMs: number, change: Partial<Step> = {}): Step => ({
  ...{ afterMs, remind: false, to: [], page: false },
  ...change,
});
const LADDER = [
  aStep(10 * MINUTE, { remind: true }),
  aStep(30 * MINUTE, { to: [SRE] }),
  aStep(60 * MINUTE, { page: true }),
];
const waiting = (change: Partial<AccessRequest> = {}) =>
  aRequest({ stepAt: later(10 * MINUTE), pendingUntil: later(120 * MINUTE), ...change });
const due = (steps: readonly Step[] = LADDER): RequestEvent => ({ type: 'step_due', steps });

/** What happens at `ms` after NOON; the test fails when it is refused. */
function happens(request: AccessRequest, event: RequestEvent, ms: number) {
  const result = transition(request, event, later(ms));
  if (!result.ok) throw new Error(`${event.type} is refused: ${result.refusal.code}`);
  return result;
}
const refusal = (request: AccessRequest, event: RequestEvent, ms: number) => {
  const result = transition(request, event, later(ms));
  return result.ok ? null : result.refusal.code;
};

describe('a step of the ladder', () => {
  it('is told when it is due, once, and the next one is awaited', () => {
    expect(refusal(waiting(), due(), 9 * MINUTE)).toBe('stale');
    const { next, audit } = happens(waiting(), due(), 10 * MINUTE);
    expect(next).toMatchObject({
      state: 'pending',
      stepsTold: 1,
      stepAt: later(30 * MINUTE),
      stepToldAt: later(10 * MINUTE),
      asking: null,
    });
    expect(audit.kind).toBe('step_told');
    expect(toldStepSchema.parse(audit.data)).toEqual({
      ...{ nth: 1, afterMs: 10 * MINUTE, reminded: [DBA], to: [], page: false },
    });
    expect(refusal(next, due(), 10 * MINUTE + 1)).toBe('stale');
  });

  it('asks others too, who are among the approvers from then on', () => {
    const once = happens(waiting(), due(), 10 * MINUTE).next;
    const { next, audit } = happens(once, due(), 30 * MINUTE);
    expect(next.asking?.approvers).toEqual([DBA, SRE]);
    expect(toldStepSchema.parse(audit.data)).toMatchObject({ nth: 2, reminded: [], to: [SRE] });
    const rules = [
      { from: [DBA], count: 1 },
      { from: [SRE, CTO], count: 2 },
    ];
    expect(withEscalated(rules, LADDER, 1)).toEqual(rules);
    expect(withEscalated(rules, LADDER, 2)).toEqual([
      { from: [DBA, SRE], count: 1 },
      { from: [SRE, CTO], count: 2 },
    ]);
  });

  it('waits for the one before it, also when both are overdue', () => {
    const first = happens(waiting(), due(), 90 * MINUTE).next;
    expect(first.stepAt).toEqual(later(90 * MINUTE + APART_MS));
    expect(refusal(first, due(), 90 * MINUTE + APART_MS - 1)).toBe('stale');
    expect(happens(first, due(), 90 * MINUTE + APART_MS).next.stepsTold).toBe(2);
  });

  it.each(['granting', 'denied', 'withdrawn', 'lapsed'] as const)('is not told of what is %s', (state) => {
    expect(refusal(waiting({ state }), due(), 20 * MINUTE)).toBe('stale');
  });

  it('goes on while a request is partly approved', () => {
    const rules = [{ from: [DBA], count: 2 }];
    const count = {
      rules,
      approvers: [{ by: 'U1', at: null, serves: [{ rule: 0, via: 'dba' }] }],
      asked: [],
      danger: null,
    };
    const event = { type: 'approve', by: 'U1', via: 'dba', maxMs: 3_600_000, count } as const;
    const { next } = happens(waiting(), event, MINUTE);
    expect(next.state).toBe('pending');
    expect(happens(next, due(), 10 * MINUTE).next.stepsTold).toBe(1);
  });
});

describe('today’s policy says what is left of it', () => {
  it('nothing, when it has no ladder, or its role is gone', () => {
    const { next, audit } = happens(waiting(), due([]), 10 * MINUTE);
    expect(next).toMatchObject({ stepsTold: 0, stepAt: null });
    expect(audit).toMatchObject({ kind: 'ladder_changed', data: { next: null } });
    expect(lapsesAt(next)).toEqual(next.pendingUntil);
  });

  it('the same step later', () => {
    const { next, audit } = happens(waiting(), due([aStep(20 * MINUTE)]), 10 * MINUTE);
    expect(next).toMatchObject({ stepsTold: 0, stepAt: later(20 * MINUTE) });
    expect(audit.kind).toBe('ladder_changed');
  });

  it('a ladder where there was none', () => {
    const { next } = happens(waiting({ stepAt: null }), due(), MINUTE);
    expect(next.stepAt).toEqual(later(10 * MINUTE));
    expect(refusal(waiting({ stepAt: null }), due(), 120 * MINUTE)).toBe('stale');
  });
});

describe('a request lapses', () => {
  const lapse = { type: 'lapse' } as const;
  const last = waiting({ stepsTold: 3, stepAt: null, stepToldAt: later(60 * MINUTE) });

  it('at its deadline, when all was told in time', () => {
    expect(refusal(last, lapse, 120 * MINUTE - 1)).toBe('stale');
    expect(happens(last, lapse, 120 * MINUTE).next.state).toBe('lapsed');
  });

  it('not while a step is to be told: then it can be decided', () => {
    const late = waiting({ stepsTold: 2, stepAt: later(60 * MINUTE) });
    expect(lapsesAt(late)).toBeNull();
    expect(refusal(late, lapse, 500 * MINUTE)).toBe('stale');
    expect(whyRefused(late, 'approve', later(500 * MINUTE))).toBeNull();
  });

  it('not before what was told last could be answered', () => {
    const late = { ...last, stepToldAt: later(200 * MINUTE) };
    const end = 200 * MINUTE + ANSWER_MS;
    expect(refusal(late, lapse, end - 1)).toBe('stale');
    const approve = { type: 'approve', by: 'U1', via: 'dba', maxMs: 3_600_000 } as const;
    expect(happens(late, approve, end - 1).next.state).toBe('granting');
    // From then on the deadline binds, whether or not it was written.
    expect(refusal(late, approve, end)).toBe('too_late');
    expect(happens(late, lapse, end).next.state).toBe('lapsed');
  });
});

describe('1,000 random ladders, with a clock that is turned', () => {
  it('no request lapses before its last step was told and had its time to be answered; and each lapses', () => {
    expect(wronglyLapsed(randomFrom(20_261_201), 1_000)).toEqual([]);
  });
});
