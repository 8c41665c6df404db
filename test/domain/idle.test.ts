import { describe, expect, it } from 'vitest';
import { type IdleFacts, idleFacts, idleStep, usedMs, useSeen } from '../../src/domain/request/idle.js';
import { transition } from '../../src/domain/request/transition.js';
import { anActive, later, NOON, TERMS } from './a-request.js';

const MINUTE = 60_000;
const at = (minutes: number) => later(minutes * MINUTE);

/** Granted at NOON for four hours; unused for half an hour, it ends. */
const facts = (change: Partial<IdleFacts> = {}): IdleFacts => ({
  grantedAt: NOON,
  expiresAt: at(240),
  extendedAt: null,
  idleMs: 30 * MINUTE,
  inUse: false,
  usedAt: null,
  idleToldAt: null,
  idleEndsAt: null,
  ...change,
});

describe('an unused grant', () => {
  it('is told of at 20 minutes, announced at 25 and ended at 30', () => {
    const never = facts({ idleMs: null });
    expect(idleStep(facts(), NOON, at(19.9))).toBeNull();
    expect(idleStep(facts(), NOON, at(20))).toEqual({ do: 'tell' });
    const told = facts({ idleToldAt: at(20) });
    expect(idleStep(told, NOON, at(24.9))).toBeNull();
    expect(idleStep(told, NOON, at(25))).toEqual({ do: 'announce', endsAt: at(30) });
    const announced = { ...told, idleEndsAt: at(30) };
    expect(idleStep(announced, NOON, at(29.9))).toBeNull();
    expect(idleStep(announced, NOON, at(30))).toEqual({ do: 'end', since: NOON });
    expect(idleStep(never, NOON, at(120))).toEqual({ do: 'tell' });
    expect(idleStep({ ...never, idleToldAt: at(20) }, NOON, at(120))).toBeNull();
  });

  it('is announced five minutes before its end, also by a process that was down', () => {
    expect(idleStep(facts(), NOON, at(100))).toEqual({ do: 'announce', endsAt: at(105) });
  });

  it('is left alone close to its expiry, and after it', () => {
    const soon = facts({ expiresAt: at(29), idleToldAt: at(20) });
    expect(idleStep(soon, NOON, at(25))).toBeNull();
    expect(idleStep(facts({ expiresAt: at(30), idleMs: null }), NOON, at(20))).toBeNull();
    expect(idleStep(facts({ expiresAt: at(30), idleEndsAt: at(30) }), NOON, at(30))).toBeNull();
  });

  it('is neither told of nor ended while a session is open, or while not everything is seen', () => {
    const announced = facts({ idleEndsAt: at(30) });
    expect(idleStep(facts({ inUse: true, usedAt: at(1) }), NOON, at(100))).toBeNull();
    expect(idleStep({ ...announced, inUse: true }, NOON, at(31))).toEqual({ do: 'off' });
    expect(idleStep(announced, null, at(31))).toBeNull();
    expect(idleStep(facts(), null, at(31))).toBeNull();
  });

  it.each([
    ['a gap in what was seen', announcedAt30(), at(10)],
    ['a session that is over', announcedAt30({ usedAt: at(10) }), NOON],
    ['an extension', announcedAt30({ extendedAt: at(10) }), NOON],
  ])('begins again after %s', (_, announced, seenSince) => {
    expect(idleStep(announced, seenSince, at(31))).toEqual({ do: 'off' });
    const again = { ...announced, idleEndsAt: null, idleToldAt: at(20) };
    expect(idleStep(again, seenSince, at(34.9))).toBeNull();
    expect(idleStep(again, seenSince, at(35))).toEqual({ do: 'announce', endsAt: at(40) });
  });
});

function announcedAt30(change: Partial<IdleFacts> = {}): IdleFacts {
  return facts({ idleEndsAt: at(30), ...change });
}

describe('what looks see', () => {
  const none = { inUse: false, usedAt: null, sessionMs: 0 };

  it('is written when it changes, and each five minutes while a session is open', () => {
    expect(useSeen(none, false, at(1))).toBeNull();
    const began = useSeen(none, true, at(1));
    expect(began).toEqual({ inUse: true, usedAt: at(1), sessionMs: 0 });
    if (began === null) return;
    expect(useSeen(began, true, at(5.9))).toBeNull();
    expect(useSeen(began, true, at(6))).toEqual({ inUse: true, usedAt: at(6), sessionMs: 5 * MINUTE });
    expect(useSeen(began, false, at(3))).toEqual({ inUse: false, usedAt: at(3), sessionMs: 2 * MINUTE });
  });

  it('counts nothing that nobody looked at', () => {
    expect(usedMs({ inUse: true, usedAt: at(0), sessionMs: MINUTE }, at(300))).toBe(8 * MINUTE);
    expect(usedMs({ inUse: true, usedAt: at(10), sessionMs: MINUTE }, at(5))).toBe(MINUTE);
  });
});

describe('the state table', () => {
  const idling = anActive({
    terms: { ...TERMS, idleMs: 30 * MINUTE },
    expiresAt: at(240),
    idleEndsAt: at(30),
  });
  const end = (request: typeof idling, now: Date, since = NOON) => {
    const result = transition(request, { type: 'idle', since }, now);
    return result.ok ? [result.next.state, result.next.why] : result.refusal.code;
  };

  it('ends what was announced and is unused for as long as its terms say', () => {
    expect(end(idling, at(30))).toEqual(['ending', 'idle']);
    expect(end(idling, at(29))).toBe('stale');
    expect(end(idling, at(30), at(1))).toBe('stale');
    expect(end({ ...idling, inUse: true }, at(30))).toBe('stale');
    expect(end({ ...idling, idleEndsAt: null }, at(30))).toBe('stale');
    expect(end({ ...idling, terms: TERMS }, at(30))).toBe('stale');
    expect(end({ ...idling, expiresAt: at(30) }, at(30))).toBe('stale');
    expect(end({ ...idling, state: 'ending' }, at(30))).toBe('stale');
  });

  it('knows only a grant in force as idle', () => {
    expect(idleFacts(idling)).toMatchObject({ idleMs: 30 * MINUTE, idleEndsAt: at(30) });
    expect(idleFacts({ ...idling, state: 'ending' })).toBeNull();
    expect(idleFacts({ ...idling, trouble: 'no answer' })).toBeNull();
  });
});
