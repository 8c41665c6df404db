/** Until when the same again can be approved, by the wall clock of the approver. */
import { describe, expect, it } from 'vitest';
import { approversOf, canRepeat, endOfSpan, type Span, spansWithin } from '../../src/domain/policy/repeat.js';
import { anActive, aRequest, NOON } from './a-request.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const end = (span: Span, now: string, zone: string | null, repeatMs = 30 * DAY) =>
  endOfSpan(span, new Date(now), repeatMs, zone).toISOString().replace('.000', '');

describe('the spans', () => {
  it('are those that fit within what the policy allows, whenever they are chosen', () => {
    expect(spansWithin(null)).toEqual([]);
    expect(spansWithin(8 * HOUR)).toEqual(['whole']);
    expect(spansWithin(DAY)).toEqual(['today', 'whole']);
    expect(spansWithin(7 * DAY)).toEqual(['today', 'week', 'whole']);
  });

  it.each([
    ['today', '2026-11-21T12:00:00Z', 'Europe/Berlin', '2026-11-21T23:00:00Z'],
    ['today', '2026-11-21T12:00:00Z', null, '2026-11-22T00:00:00Z'],
    ['today', '2026-11-21T12:00:00Z', 'Mars/Olympus', '2026-11-22T00:00:00Z'],
    // There it is Sunday already, and still Friday.
    ['today', '2026-11-21T12:00:00Z', 'Pacific/Kiritimati', '2026-11-22T10:00:00Z'],
    ['today', '2026-11-21T02:00:00Z', 'America/New_York', '2026-11-21T05:00:00Z'],
    // At midnight a new day begins.
    ['today', '2026-11-20T23:00:00Z', 'Europe/Berlin', '2026-11-21T23:00:00Z'],
    ['today', '2026-11-20T22:59:59Z', 'Europe/Berlin', '2026-11-20T23:00:00Z'],
    // Of 23 and of 25 hours, and half an hour more or less.
    ['today', '2026-03-29T00:30:00Z', 'Europe/Berlin', '2026-03-29T22:00:00Z'],
    ['today', '2026-10-25T00:30:00Z', 'Europe/Berlin', '2026-10-25T23:00:00Z'],
    ['today', '2026-04-04T12:00:00Z', 'Australia/Lord_Howe', '2026-04-04T13:00:00Z'],
    // The night without a midnight, and the one with two: the clocks change at 00:00.
    ['today', '2026-04-23T12:00:00Z', 'Africa/Cairo', '2026-04-23T22:00:00Z'],
    ['today', '2026-10-29T12:00:00Z', 'Africa/Cairo', '2026-10-29T22:00:00Z'],
    ['week', '2026-11-18T12:00:00Z', 'Europe/Berlin', '2026-11-22T23:00:00Z'],
    ['week', '2026-11-22T12:00:00Z', 'Europe/Berlin', '2026-11-22T23:00:00Z'],
    ['week', '2026-11-22T23:00:00Z', 'Europe/Berlin', '2026-11-29T23:00:00Z'],
    ['week', '2026-10-20T12:00:00Z', 'Europe/Berlin', '2026-10-25T23:00:00Z'],
    ['week', '2026-12-30T12:00:00Z', 'UTC', '2027-01-04T00:00:00Z'],
    ['whole', '2026-11-21T12:00:00Z', 'Europe/Berlin', '2026-12-21T12:00:00Z'],
  ] as const)('%s at %s in %s is until %s', (span, now, zone, until) => {
    expect(end(span, now, zone)).toBe(until);
  });

  it('never last longer than the policy allows, on a day of 25 hours neither', () => {
    expect(end('today', '2026-10-24T22:00:00Z', 'Europe/Berlin', DAY)).toBe('2026-10-25T22:00:00Z');
    expect(end('week', '2026-11-16T12:00:00Z', 'UTC', 2 * HOUR)).toBe('2026-11-16T14:00:00Z');
  });

  it('end after now in every zone, at every hour of a year', () => {
    for (const zone of Intl.supportedValuesOf('timeZone').filter((_, i) => i % 20 === 0)) {
      for (let at = Date.UTC(2026, 0, 1); at < Date.UTC(2027, 0, 1); at += 37 * HOUR) {
        for (const span of ['today', 'week'] as const) {
          const lasts = endOfSpan(span, new Date(at), 30 * DAY, zone).getTime() - at;
          expect(lasts > 0 && lasts <= (span === 'today' ? 25 : 169) * HOUR, `${zone} ${at}`).toBe(true);
        }
      }
    }
  });
});

it('takes an approval by people, and a grant that is not over', () => {
  expect(canRepeat(anActive())).toBe(true);
  expect(canRepeat(anActive({ decidedBy: null, decidedRule: 'on_call' }))).toBe(false);
  expect(canRepeat(aRequest())).toBe(false);
  expect(canRepeat(anActive({ state: 'ending', why: 'relinquished' }))).toBe(false);
  expect(canRepeat(aRequest({ state: 'denied', decidedBy: 'U0BEN', decidedAt: NOON }))).toBe(false);
});

it('asks all whose approvals were needed, each once', () => {
  const approval = { rule: 0, via: 'dba', at: NOON };
  expect(approversOf(anActive())).toEqual(['U0BEN']);
  const approvals = [
    { ...approval, by: 'U0CORA' },
    { ...approval, by: 'U0BEN' },
  ];
  expect(approversOf(anActive({ approvals }))).toEqual(['U0CORA', 'U0BEN']);
});
