import { describe, expect, it } from 'vitest';
import { isReviewDue, UNJUDGED } from '../../src/domain/policy/emergency.js';
import type { AccessRequest } from '../../src/domain/request/request.js';
import type { RequestEvent } from '../../src/domain/request/request-events.js';
import { transition } from '../../src/domain/request/transition.js';
import { aRequest, later, NOON, PLACE, PROOF, TERMS } from './a-request.js';

const MINUTE_MS = 60_000;

function next(request: AccessRequest, event: RequestEvent, now = NOON): AccessRequest {
  const result = transition(request, event, now);
  if (!result.ok) throw new Error(`${event.type}: ${result.refusal.code}`);
  return result.next;
}

const approved = next(aRequest({ emergency: UNJUDGED }), {
  type: 'approve_by_rule',
  rule: 'break_glass',
  through: 'sre',
  maxMs: 30 * MINUTE_MS,
});
const used = next(next(approved, { type: 'intend', place: PLACE, terms: TERMS }), {
  type: 'granted',
  mark: '801',
  users: [],
});
const verdict = {
  type: 'judged',
  by: 'U0CORA',
  via: 'security',
  verdict: 'justified',
  words: 'It burnt.',
} as const;

describe('an emergency', () => {
  it('is granted for no longer than the policy gives it, and reviewed from 15 minutes after its GRANT', () => {
    expect(approved).toMatchObject({ state: 'granting', durationMs: 30 * MINUTE_MS, judgeAt: null });
    expect(used).toMatchObject({ state: 'active', judgeAt: later(15 * MINUTE_MS) });
    expect(isReviewDue(used)).toBe(true);
  });

  it('is asked about again after one hour, then twice as long each time, up to a day, without an end', () => {
    let request = used;
    let now = request.judgeAt ?? NOON;
    const hours: number[] = [];
    for (let i = 0; i < 9; i++) {
      request = next(request, { type: 'judge_asked' }, now);
      expect(transition(request, { type: 'judge_asked' }, now).ok).toBe(false);
      const due = request.judgeAt ?? NOON;
      hours.push((due.getTime() - now.getTime()) / (60 * MINUTE_MS));
      now = due;
    }
    expect(hours).toEqual([1, 2, 4, 8, 16, 24, 24, 24, 24]);
    expect(request.emergency?.asked).toBe(9);
  });

  it('is judged once, whether it is open or over', () => {
    const over = next(next(used, { type: 'relinquish', by: 'U0ANA' }), {
      type: 'proved_gone',
      proof: PROOF,
    });
    expect(over.judgeAt).not.toBeNull();
    const judged = next(over, verdict);
    expect(judged).toMatchObject({
      state: 'ended',
      judgeAt: null,
      emergency: { verdict: 'justified', by: 'U0CORA', words: 'It burnt.' },
    });
    expect(transition(judged, { ...verdict, by: 'U0BEN', verdict: 'not_justified' }, NOON).ok).toBe(false);
    expect(transition(judged, { type: 'judge_asked' }, later(10 ** 9)).ok).toBe(false);
  });

  it('is not reviewed when nothing was granted, or when approvers decided after all', () => {
    const failed = next(next(approved, { type: 'grant_failed', trouble: 'no' }), {
      type: 'proved_gone',
      proof: PROOF,
    });
    expect(failed).toMatchObject({ state: 'failed', judgeAt: null });
    expect(isReviewDue(failed)).toBe(false);
    expect(transition(failed, verdict, NOON).ok).toBe(false);
    const asked = next(aRequest({ emergency: UNJUDGED }), {
      type: 'approve',
      by: 'U0BEN',
      via: 'dba',
      maxMs: MINUTE_MS,
    });
    const granted = next(next(asked, { type: 'intend', place: PLACE, terms: TERMS }), {
      type: 'granted',
      mark: '801',
      users: [],
    });
    expect(granted.judgeAt).toBeNull();
  });
});
