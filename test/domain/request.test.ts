import { describe, expect, it } from 'vitest';
import { ASKED_AS_MADE } from '../../src/domain/request/asking.js';
import { extensionLimit, latestEnd } from '../../src/domain/request/extension.js';
import { type AccessRequest, parseRequestName, requestName } from '../../src/domain/request/request.js';
import type { RequestEvent } from '../../src/domain/request/request-events.js';
import { isFinal, type State } from '../../src/domain/request/request-state.js';
import { transition } from '../../src/domain/request/transition.js';
import { LEAST_LEFT_MS } from '../../src/domain/request/transitions/refusals.js';
import { anActive, aRequest, later, NOON, PLACE, PROOF, TERMS } from './a-request.js';

const ONE_OF_DBA = [{ from: [{ id: 'S0DBA', name: 'dba' }], count: 1 }];

const EVENTS: Record<RequestEvent['type'], RequestEvent> = {
  approve: { type: 'approve', by: 'U0BEN', via: 'dba', maxMs: 14_400_000 },
  approve_by_rule: { type: 'approve_by_rule', rule: 'on_call', through: 'schedule P1', maxMs: 1_800_000 },
  on_call_said: { type: 'on_call_said', note: 'PagerDuty did not answer' },
  asking: {
    type: 'asking',
    asking: {
      ...ASKED_AS_MADE,
      nobody: [{ approver: { id: 'S0DBA', name: 'dba' }, because: 'empty', fix: null }],
    },
    mention: false,
  },
  deny: { type: 'deny', by: 'U0BEN', via: 'dba' },
  withdraw: { type: 'withdraw', by: 'U0ANA' },
  lapse: { type: 'lapse' },
  cleared: { type: 'cleared' },
  intend: { type: 'intend', place: PLACE, terms: TERMS },
  granted: { type: 'granted', mark: '801', users: [] },
  users_seen: { type: 'users_seen', users: [{ oid: 17_001, name: 'ben' }] },
  grant_failed: { type: 'grant_failed', trouble: 'no such role' },
  extend: { type: 'extend', by: 'U0BEN', via: 'dba', maxMs: 14_400_000 },
  ask_extension: { type: 'ask_extension', maxMs: 14_400_000, rules: ONE_OF_DBA, asked: [] },
  deny_extension: { type: 'deny_extension', by: 'U0BEN', via: 'dba' },
  extend_by_rule: { type: 'extend_by_rule', rule: 'on_call', through: 'schedule P1', maxMs: 14_400_000 },
  extended: { type: 'extended' },
  extension_refused: { type: 'extension_refused', trouble: 'too long' },
  relinquish: { type: 'relinquish', by: 'U0ANA' },
  end: { type: 'end', by: 'U0OPS' },
  previewed: { type: 'previewed', result: { ok: false, why: 'no answer' } },
  missing: { type: 'missing' },
  written_off: { type: 'written_off', by: 'root@db', because: 'the server is gone' },
  replaced: { type: 'replaced', by: 'root@db', because: null, proof: PROOF },
  sessions_open: {
    type: 'sessions_open',
    before: '2026-11-21 12:00:30+00',
    trouble: 'a session is open',
    users: [],
  },
  reviewed: { type: 'reviewed', result: {} },
  proved_gone: { type: 'proved_gone', proof: PROOF },
  blocked: { type: 'blocked', trouble: 'the server does not answer' },
  warned: { type: 'warned' },
  unused: { type: 'unused' },
  idle_announced: { type: 'idle_announced', endsAt: later(1_800_000) },
  idle_called_off: { type: 'idle_called_off' },
  idle: { type: 'idle', since: later(-1_740_000) },
  judged: { type: 'judged', by: 'U0CORA', via: 'security', verdict: 'justified', words: 'Right.' },
  judge_asked: { type: 'judge_asked' },
  restored: { type: 'restored', trouble: 'ask again' },
  step_due: { type: 'step_due', steps: [{ afterMs: 30_000, remind: true, to: [], page: false }] },
};

const approved = aRequest({ state: 'granting', decidedAt: NOON, decidedBy: 'U0BEN' });
const granting = { ...approved, place: PLACE };
const ending = anActive({ state: 'ending', why: 'relinquished', endedBy: 'U0ANA', warnAt: null });

/** Every state against every event, a minute after NOON: the next state, or why not. */
const TABLE: [AccessRequest, Partial<Record<RequestEvent['type'], string>>, string][] = [
  [
    aRequest(),
    {
      approve: 'granting',
      approve_by_rule: 'granting',
      on_call_said: 'pending',
      asking: 'pending',
      step_due: 'pending',
      previewed: 'pending',
      deny: 'denied',
      withdraw: 'withdrawn',
      restored: 'ending',
      relinquish: 'not_granted',
      end: 'not_granted',
      extend: 'not_granted',
      ask_extension: 'not_granted',
      deny_extension: 'not_granted',
      extend_by_rule: 'not_granted',
    },
    'stale',
  ],
  [
    approved,
    {
      previewed: 'granting',
      cleared: 'granting',
      intend: 'granting',
      grant_failed: 'ending',
      restored: 'ending',
      relinquish: 'ending',
      end: 'ending',
      extend: 'not_granted',
      ask_extension: 'not_granted',
      deny_extension: 'not_granted',
      extend_by_rule: 'not_granted',
      blocked: 'granting',
      written_off: 'ended',
      replaced: 'ended',
    },
    'not_pending|stale',
  ],
  [
    granting,
    {
      previewed: 'granting',
      cleared: 'granting',
      // Where it stands is written once.
      intend: 'stale',
      granted: 'active',
      grant_failed: 'ending',
      restored: 'ending',
      relinquish: 'ending',
      end: 'ending',
      extend: 'not_granted',
      ask_extension: 'not_granted',
      deny_extension: 'not_granted',
      extend_by_rule: 'not_granted',
      blocked: 'granting',
      written_off: 'ended',
      replaced: 'ended',
    },
    'not_pending|stale',
  ],
  [
    anActive(),
    {
      previewed: 'active',
      relinquish: 'ending',
      end: 'ending',
      extend: 'no_longer',
      ask_extension: 'no_longer',
      extend_by_rule: 'no_longer',
      warned: 'active',
      unused: 'active',
      missing: 'ending',
      written_off: 'ended',
      replaced: 'ended',
      users_seen: 'active',
    },
    'not_pending|stale',
  ],
  [
    ending,
    {
      relinquish: 'already_ending',
      end: 'already_ending',
      extend: 'already_ending',
      ask_extension: 'already_ending',
      deny_extension: 'already_ending',
      extend_by_rule: 'already_ending',
      proved_gone: 'ended',
      sessions_open: 'ending',
      users_seen: 'ending',
      blocked: 'ending',
      written_off: 'ended',
      replaced: 'ended',
    },
    'not_pending|stale',
  ],
  ...(['denied', 'withdrawn', 'lapsed', 'failed', 'ended'] as const).map(
    (state): [AccessRequest, Partial<Record<RequestEvent['type'], string>>, string] => [
      aRequest({ state, endedAt: NOON }),
      {
        ...{ relinquish: 'not_granted', end: 'not_granted', extend: 'not_granted' },
        ...{ ask_extension: 'not_granted', deny_extension: 'not_granted', extend_by_rule: 'not_granted' },
      },
      'not_pending|stale',
    ],
  ),
];

describe('the state table', () => {
  for (const [request, answers, otherwise] of TABLE) {
    for (const event of Object.values(EVENTS)) {
      it(`${request.state}${request.place ? ' with its place' : ''}: ${event.type}`, () => {
        const result = transition(request, event, later(60_000));
        const answer = result.ok ? result.next.state : result.refusal.code;
        const expected = answers[event.type];
        if (expected !== undefined) expect(answer).toBe(expected);
        else expect(otherwise.split('|')).toContain(answer);
        if (result.ok) expect(result.next.version).toBe(request.version + 1);
      });
    }
  }

  it('reaches failed and ended only by a proof of absence, or by the word of an operator', () => {
    const proved: State[] = ['failed', 'ended'];
    const reasons = ['proved_gone', 'replaced', 'written_off'];
    for (const [request] of TABLE.filter(([r]) => !isFinal(r.state))) {
      for (const event of Object.values(EVENTS)) {
        const result = transition(request, event, later(7_200_000));
        if (result.ok && proved.includes(result.next.state)) expect(reasons).toContain(event.type);
      }
    }
  });
});

describe('who else can use it', () => {
  const [ben, cem] = [
    { oid: 17_001, name: 'ben' },
    { oid: 17_002, name: 'cem' },
  ];

  it('is kept from the GRANT on, though somebody leaves', () => {
    const granted = transition(granting, { type: 'granted', mark: '801', users: [ben] }, NOON);
    if (!granted.ok) throw new Error('not granted');
    expect(granted.next.users).toEqual([ben]);
    expect(granted.audit.data).toMatchObject({ users: ['ben'] });
    const seen = transition(granted.next, { type: 'users_seen', users: [cem] }, later(60_000));
    if (!seen.ok) throw new Error('not seen');
    expect(seen.next.users).toEqual([ben, cem]);
    expect(seen.audit).toMatchObject({ kind: 'users_seen', data: { users: ['cem'] } });
    expect(transition(seen.next, { type: 'users_seen', users: [ben] }, later(120_000)).ok).toBe(false);
  });

  it('is bounded, and the audit counts whom it does not name', () => {
    const many = Array.from({ length: 1_200 }, (_, i) => ({ oid: 20_000 + i, name: `login ${i}` }));
    const granted = transition(granting, { type: 'granted', mark: '801', users: many }, NOON);
    if (!granted.ok) throw new Error('not granted');
    expect(granted.next.users).toHaveLength(1_000);
    expect(granted.audit.data.moreUsers).toBe(1_150);
    expect(transition(granted.next, { type: 'users_seen', users: many }, later(60_000)).ok).toBe(false);
  });
});

describe('deadlines bind before anything has written them', () => {
  it('refuses to decide or withdraw after the lapse', () => {
    const at = later(8 * 3_600_000);
    for (const type of ['approve', 'approve_by_rule', 'deny', 'withdraw'] as const) {
      expect(transition(aRequest(), EVENTS[type], at)).toMatchObject({
        ok: false,
        refusal: { code: 'too_late' },
      });
    }
    expect(transition(aRequest(), EVENTS.lapse, at)).toMatchObject({ ok: true, next: { state: 'lapsed' } });
  });

  it('refuses to relinquish, end or extend after the expiry, and takes the proof as expired', () => {
    const at = later(3_600_000);
    for (const type of ['relinquish', 'end', 'extend', 'ask_extension', 'extend_by_rule'] as const) {
      expect(transition(anActive(), EVENTS[type], at)).toMatchObject({
        ok: false,
        refusal: { code: 'too_late' },
      });
    }
    expect(transition(anActive(), EVENTS.proved_gone, at)).toMatchObject({
      ok: true,
      next: { state: 'ended', why: 'expired' },
    });
  });
});

describe('an extension', () => {
  const halfWay = later(1_800_000);
  const extended = (request: AccessRequest, at = halfWay, maxMs = 14_400_000) => {
    const result = transition(request, { type: 'extend', by: 'U0BEN', via: 'dba', maxMs }, at);
    if (!result.ok) throw new Error(result.refusal.code);
    return result.next;
  };

  it('restarts the clock, for as long as was granted, warns again, and is not confirmed yet', () => {
    expect(extended(anActive({ warnAt: null }))).toMatchObject({
      state: 'active',
      expiresAt: later(5_400_000),
      durationMs: 5_400_000,
      warnAt: later(4_800_000),
      extension: { state: 'asked', by: 'U0BEN', at: halfWay, from: later(3_600_000) },
    });
  });

  it('never lasts longer than policy allows from now, and a second click gives nothing more', () => {
    expect(extended(anActive(), halfWay, 2_700_000).expiresAt).toEqual(later(4_500_000));
    const once = extended(anActive());
    expect(transition(once, EVENTS.extend, later(1_801_000))).toMatchObject({
      refusal: { code: 'no_longer' },
    });
    expect(
      transition(anActive(), { type: 'extend', by: 'U0BEN', via: 'dba', maxMs: 600_000 }, halfWay),
    ).toMatchObject({
      refusal: { code: 'no_longer' },
    });
  });

  it('ends no later than what it was looked at for, however long that took', () => {
    const extend = { type: 'extend', by: 'U0BEN', via: 'dba', maxMs: 14_400_000 } as const;
    const latest = later(4_500_000);
    expect(transition(anActive(), { ...extend, latest }, later(1_809_000))).toMatchObject({
      next: { expiresAt: latest, durationMs: 4_500_000 },
    });
    // What that leaves may be next to nothing, or less than there is.
    for (const end of [later(3_601_000), later(3_000_000), later(1_000_000)]) {
      expect(transition(anActive(), { ...extend, latest: end }, halfWay)).toMatchObject({
        refusal: { code: 'no_longer' },
      });
    }
    const count = { rules: [{ from: [], count: 2 }], approvers: [], asked: [], danger: null };
    expect(transition(anActive(), { ...extend, latest, count }, later(1_809_000))).toMatchObject({
      next: { expiresAt: later(3_600_000), extensionAsk: { forMs: 3_600_000 } },
    });
  });

  it('is for as long as was granted, not as was asked for, however often, and within the total', () => {
    const asked = aRequest({ state: 'granting', place: PLACE, terms: TERMS, wishedMs: 4 * 3_600_000 });
    const grant = transition({ ...asked, durationMs: 900_000 }, EVENTS.granted, NOON);
    if (!grant.ok) throw new Error(grant.refusal.code);
    const first = extended(grant.next, later(600_000));
    expect(first).toMatchObject({ grantedMs: 900_000, expiresAt: later(1_500_000) });
    const second = extended(first, later(1_200_000));
    expect(second).toMatchObject({ durationMs: 2_100_000, expiresAt: later(2_100_000) });
    expect(transition(second, EVENTS.ask_extension, later(1_800_000))).toMatchObject({
      next: { extensionAsk: { forMs: 900_000 } },
    });
    const policy = { extend: { times: null, totalMs: 2_400_000 }, maxMs: 4 * 3_600_000 };
    expect(extensionLimit(second, policy, later(1_800_000))).toEqual({ maxMs: 600_000 });
    expect(latestEnd(second, 600_000, later(1_800_000))).toEqual(later(2_400_000));
    // A grant of an older release, of which that isn't known.
    expect(extended({ ...second, grantedMs: null }, later(1_800_000)).expiresAt).toEqual(later(16_200_000));
  });

  it('is too late from its end on, and when less is left than a write may take', () => {
    const more = { ...anActive(), wishedMs: 7_200_000 };
    for (const left of [LEAST_LEFT_MS, 1, 0, -1]) {
      expect(transition(more, EVENTS.extend, later(3_600_000 - left))).toMatchObject({
        refusal: { code: 'too_late' },
      });
    }
    expect(extended(more, later(3_600_000 - LEAST_LEFT_MS - 1)).extension?.state).toBe('asked');
  });

  it('is confirmed or refused by the target; refused, the end that it confirmed last holds', () => {
    const asked = extended(anActive());
    expect(transition(asked, EVENTS.extended, later(1_801_000))).toMatchObject({
      next: { expiresAt: later(5_400_000), extension: { state: 'confirmed' } },
    });
    const twice = extended(asked, later(2_700_000));
    expect(twice.extension?.from).toEqual(later(3_600_000));
    expect(transition(twice, EVENTS.extension_refused, later(2_701_000))).toMatchObject({
      next: { expiresAt: later(3_600_000), durationMs: 3_600_000, extension: { state: 'refused' } },
    });
    // Late, it ends at that moment, and not before: nothing was overdue until then.
    const late = later(3_700_000);
    expect(transition(twice, EVENTS.extension_refused, late)).toMatchObject({
      next: { state: 'active', expiresAt: late, durationMs: 3_700_000, warnAt: null },
    });
  });
});

describe('an extension that its holder asks for', () => {
  const halfWay = later(1_800_000);
  const rules = [
    { from: [{ id: 'S0DBA', name: 'dba' }], count: 1 },
    { from: [{ id: 'S0SEC', name: 'security' }], count: 1 },
  ];
  const ask = { type: 'ask_extension', maxMs: 2_700_000, rules, asked: [] } as const;
  const next = (request: AccessRequest, event: RequestEvent, at = halfWay) => {
    const result = transition(request, event, at);
    if (!result.ok) throw new Error(result.refusal.code);
    return result.next;
  };
  const approve = (...who: readonly (readonly [by: string, rule: number])[]): RequestEvent => {
    const approvers = who.map(([by, rule]) => ({ by, at: NOON, serves: [{ rule, via: 'x' }] }));
    const by = who.at(-1)?.[0] ?? '';
    return {
      type: 'extend',
      by,
      via: 'x',
      maxMs: 2_700_000,
      count: { rules, approvers, asked: [], danger: null },
    };
  };

  it('changes nothing until all approvals are there, and then gives what policy allows from that moment', () => {
    const asked = next(anActive(), ask);
    expect(asked).toMatchObject({
      expiresAt: later(3_600_000),
      extensionAsk: { at: halfWay, forMs: 2_700_000 },
    });
    const partly = next(asked, approve(['U0BEN', 0]), later(1_900_000));
    expect(partly).toMatchObject({
      expiresAt: later(3_600_000),
      extensions: 0,
      extensionAsk: { at: halfWay, approvals: [{ by: 'U0BEN', rule: 0, via: 'x' }] },
    });
    expect(next(partly, approve(['U0BEN', 0], ['U0EVA', 1]), later(2_000_000))).toMatchObject({
      expiresAt: later(4_700_000),
      extensions: 1,
      extensionAsk: null,
      extension: { state: 'asked', by: 'U0EVA' },
    });
  });

  it('waits once, is denied without touching the grant, and can be asked for again', () => {
    const asked = next(anActive(), ask);
    expect(transition(asked, ask, halfWay)).toMatchObject({ refusal: { code: 'already_asked' } });
    const denied = next(asked, { type: 'deny_extension', by: 'U0BEN', via: 'dba', because: 'no' });
    expect(denied).toMatchObject({ state: 'active', expiresAt: later(3_600_000), extensionAsk: null });
    expect(transition(denied, EVENTS.deny_extension, halfWay)).toMatchObject({ refusal: { code: 'stale' } });
    expect(next(denied, ask).extensionAsk).not.toBeNull();
  });

  it('that the server refuses does not count', () => {
    const extended = next(anActive(), EVENTS.extend_by_rule);
    expect(extended).toMatchObject({ extensions: 1, extension: { by: 'on_call' } });
    expect(next(extended, EVENTS.extension_refused)).toMatchObject({ extensions: 0 });
  });
});

describe('a request that needs several approvals', () => {
  const rules = [
    { from: [{ id: 'S0DBA', name: 'dba' }], count: 1 },
    { from: [{ id: 'S0SEC', name: 'security' }], count: 2 },
  ];
  const approve = (...who: readonly (readonly [by: string, ...serves: number[]])[]): RequestEvent => ({
    ...{ type: 'approve', by: who.at(-1)?.[0] ?? '', via: 'x', maxMs: 1_800_000 },
    count: {
      rules,
      danger: null,
      asked: [],
      approvers: who.map(([by, ...serves], i) => ({
        by,
        at: later(i),
        serves: serves.map((rule) => ({ rule, via: `rule ${rule}` })),
      })),
    },
  });

  it('waits until all are there, keeps each with the rule that it serves, and the shortest time', () => {
    const result = transition(aRequest({ stepAt: later(60_000) }), approve(['U0BEN', 0, 1]), NOON);
    expect(result).toMatchObject({
      next: {
        state: 'pending',
        rules,
        approvals: [{ by: 'U0BEN', rule: 0, via: 'rule 0', at: NOON }],
        durationMs: 1_800_000,
        decidedBy: null,
        stepAt: later(60_000),
      },
      audit: { kind: 'approved_partly', actor: 'U0BEN' },
    });
    if (!result.ok) throw new Error(result.refusal.code);
    const all = approve(['U0BEN', 0, 1], ['U0EVA', 1], ['U0DAN', 0]);
    expect(transition(result.next, all, later(60_000))).toMatchObject({
      next: { state: 'granting', decidedBy: 'U0DAN', durationMs: 1_800_000, stepAt: null },
      audit: {
        kind: 'approved',
        data: {
          approvals: [
            { by: 'U0BEN', rule: 1 },
            { by: 'U0EVA', rule: 1 },
            { by: 'U0DAN', rule: 0 },
          ],
        },
      },
    });
  });

  it('is denied by one', () => {
    const result = transition(aRequest(), approve(['U0BEN', 0]), NOON);
    if (!result.ok) throw new Error(result.refusal.code);
    expect(transition(result.next, EVENTS.deny, NOON)).toMatchObject({ next: { state: 'denied' } });
  });
});

it('what Hallpass itself withdraws or ends, because an account left, names nobody', () => {
  expect(transition(aRequest(), { type: 'withdraw', by: null }, NOON)).toMatchObject({
    next: { state: 'withdrawn', why: 'ended', endedBy: null },
    audit: { kind: 'withdrawn', actor: null },
  });
  expect(transition(anActive(), { type: 'end', by: null }, later(60_000))).toMatchObject({
    next: { state: 'ending', why: 'ended', endedBy: null },
    audit: { kind: 'end_asked', actor: null },
  });
});

it('what an operator ends from the command line says who and why, and is nobody’s in Slack', () => {
  const word = { by: 'olga@ops1', because: 'stolen laptop' };
  const kept = { why: 'ended', endedBy: 'olga@ops1', endedBecause: 'stolen laptop' };
  expect(transition(aRequest(), { type: 'withdraw', ...word }, NOON)).toMatchObject({
    next: { state: 'withdrawn', ...kept },
    audit: { kind: 'withdrawn', actor: null, data: word },
  });
  for (const request of [anActive(), aRequest({ state: 'granting' })]) {
    expect(transition(request, { type: 'end', ...word }, later(60_000))).toMatchObject({
      next: { state: 'ending', ...kept },
      audit: { kind: 'end_asked', actor: null, data: word },
    });
  }
});

describe('what a proof of absence means', () => {
  const gone = (request: AccessRequest, found: boolean, at = later(60_000)) =>
    transition(request, { type: 'proved_gone', proof: { ...PROOF, found } }, at);

  it('an active grant that was found missing was removed by somebody else, and its sessions are to be ended', () => {
    const missing = transition(anActive(), EVENTS.missing, later(60_000));
    if (!missing.ok) throw new Error('refused');
    expect(missing.next).toMatchObject({ state: 'ending', why: 'removed', warnAt: null });
    expect(gone(missing.next, true)).toMatchObject({ ok: true, next: { state: 'ended', why: 'removed' } });
    expect(gone(anActive(), true)).toMatchObject({ ok: false });
  });

  it('sessions that are still open keep it from ending, and say so once', () => {
    const open = transition(ending, EVENTS.sessions_open, later(60_000));
    if (!open.ok) throw new Error('refused');
    expect(open.next).toMatchObject({ state: 'ending', trouble: 'a session is open' });
    expect(transition(open.next, EVENTS.sessions_open, later(61_000))).toMatchObject({ ok: false });
  });

  it('is looked at afterwards for what was left behind, once', () => {
    const ended = gone(ending, false);
    if (!ended.ok) throw new Error('refused');
    expect(ended.next.reviewAt).toEqual(later(60_000));
    expect(transition(ended.next, EVENTS.reviewed, later(61_000))).toMatchObject({
      next: { reviewAt: null },
    });
  });

  it('a GRANT that failed is failed, with its reason, even when the proof was blocked meanwhile', () => {
    const failed = transition(granting, EVENTS.grant_failed, later(1));
    if (!failed.ok) throw new Error('refused');
    expect(transition(failed.next, EVENTS.blocked, later(2))).toMatchObject({ ok: false });
    const open = transition(failed.next, EVENTS.sessions_open, later(2));
    if (!open.ok) throw new Error('refused');
    expect(open.audit.data).toMatchObject({ trouble: 'a session is open' });
    for (const { next } of [failed, open]) {
      expect(gone(next, true)).toMatchObject({
        ok: true,
        next: { state: 'failed', trouble: 'no such role' },
      });
    }
  });
});

describe('the clock of a grant', () => {
  it('starts at the proved GRANT, not at the approval', () => {
    const result = transition(granting, EVENTS.granted, later(600_000));
    expect(result).toMatchObject({
      ok: true,
      next: { grantedAt: later(600_000), expiresAt: later(600_000 + 3_600_000) },
    });
  });

  it("an approval gives no more than today's policy allows", () => {
    const approve: RequestEvent = { type: 'approve', by: 'U0BEN', via: 'dba', maxMs: 600_000 };
    expect(transition(aRequest(), approve, NOON)).toMatchObject({ next: { durationMs: 600_000 } });
  });

  it('on call shortens a longer wish and leaves a shorter one', () => {
    expect(transition(aRequest(), EVENTS.approve_by_rule, NOON)).toMatchObject({
      next: { durationMs: 1_800_000 },
    });
    const short = aRequest({ wishedMs: 60_000, durationMs: 60_000 });
    expect(transition(short, EVENTS.approve_by_rule, NOON)).toMatchObject({ next: { durationMs: 60_000 } });
  });

  it('warns ten minutes before the end, or at three quarters of a short grant, or never', () => {
    const warnAt = (durationMs: number) => {
      const result = transition({ ...granting, durationMs }, EVENTS.granted, NOON);
      return result.ok ? result.next.warnAt : undefined;
    };
    expect(warnAt(3_600_000)).toEqual(later(3_000_000));
    expect(warnAt(400_000)).toEqual(later(300_000));
    expect(warnAt(60_000)).toEqual(later(50_000));
    expect(warnAt(5_000)).toBeNull();
  });

  it('gives the last call a grace before the end, where sessions will be ended', () => {
    const warned = (request: AccessRequest) => {
      const result = transition(request, EVENTS.warned, later(60_000));
      return result.ok ? result.next.warnAt : undefined;
    };
    expect(warned(anActive())).toEqual(later(3_590_000));
    expect(warned(anActive({ warnAt: later(3_590_000) }))).toBeNull();
    expect(warned(anActive({ terms: { ...TERMS, sessions: 'leave' } }))).toBeNull();
  });
});

it('reads its own ids, and nothing else', () => {
  expect(parseRequestName(requestName(1042))).toBe(1042);
  for (const wrong of ['R-', 'R-0', 'r-1', 'R-1 ', '1042', 'R-1e3', 'R--1', `R-${'9'.repeat(20)}`]) {
    expect(parseRequestName(wrong)).toBeNull();
  }
});
