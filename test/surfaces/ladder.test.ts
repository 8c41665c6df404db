/** What is told while nobody decides, as people read it. */
import { describe, expect, it } from 'vitest';
import { ANSWER_MS, type ToldStep } from '../../src/domain/request/escalation.js';
import { card } from '../../src/surfaces/request/card.js';
import { note, status } from '../../src/surfaces/request/direct.js';
import { reminder, stepLine, undecided, undecidedSummary } from '../../src/surfaces/request/ladder.js';
import { aRequest, later } from '../domain/a-request.js';
import { scene } from './samples.js';

const MINUTE = 60_000;
const DBA = { id: 'S0DBA', name: 'dba' };
const SRE = { id: 'S0SRE', name: 'sre' };
const step = (nth: number, minutes: number, change: Partial<ToldStep> = {}): ToldStep => ({
  ...{ nth, afterMs: minutes * MINUTE + 7_300, reminded: [], to: [], page: false },
  ...change,
});
const REMINDED = step(1, 10, { reminded: [DBA] });
const ASKED = step(2, 30, { to: [SRE] });
const PAGED = step(3, 60, { page: true });
const ALL = step(1, 75, { reminded: [DBA], to: [SRE], page: true });
const told = [REMINDED, ASKED, PAGED];
const request = aRequest({ stepsTold: 3 });
const facts = { first: false, preview: null, missing: [] };

describe('the requester’s own line', () => {
  it.each([
    [REMINDED, 'R-1042: Reminded <!subteam^S0DBA> after 10 minutes.'],
    [ASKED, 'R-1042: Also asked <!subteam^S0SRE> after 30 minutes.'],
    [PAGED, 'R-1042: Alerted Hallpass’s operators after 1 hour.'],
    [
      ALL,
      'R-1042: Reminded <!subteam^S0DBA>, also asked <!subteam^S0SRE> and alerted Hallpass’s operators after 1 hour 15 minutes.',
    ],
  ])('%#', (one, line) => {
    expect(stepLine(request, one).text).toBe(line);
    expect(stepLine(request, one).blocks).toHaveLength(1);
  });
});

describe('the reminder in the thread', () => {
  it.each([
    [REMINDED, null, '<!subteam^S0DBA>: R-1042 still waits for a decision, 10 minutes after <@U0ANA> asked.'],
    [REMINDED, 'U0CORA', '<@U0CORA>: R-1042 still waits for a decision, 10 minutes after <@U0ANA> asked.'],
    [ASKED, null, '<!subteam^S0SRE>: you can decide R-1042 too now. No one has in 30 minutes.'],
  ])('%#', (one, reader, line) => {
    expect(reminder(request, one, reader).text).toBe(`${line}\nThe buttons are on the card above.`);
  });
});

it('card and status list what was told, and so does the note that it lapsed', () => {
  const lines =
    'Reminded <!subteam^S0DBA> after 10 minutes.\nAlso asked <!subteam^S0SRE> after 30 minutes.\nAlerted Hallpass’s operators after 1 hour.';
  expect(card(request, { ...scene, told }, facts).text).toContain(lines);
  expect(status(request, { ...scene, told }).text).toContain(lines);
  const lapsed = aRequest({ state: 'lapsed', stepsTold: 3, endedAt: later(600 * MINUTE) });
  expect(note('lapsed', lapsed, { ...scene, told }).text).toContain(lines);
});

describe('when it lapses', () => {
  const deadline = '2026-11-21 20:00 UTC';
  const says = (change: Parameters<typeof aRequest>[0]) => card(aRequest(change), scene, facts).text;

  it('at its deadline', () => {
    expect(says({})).toMatch(new RegExp(`Lapses <.*${deadline}> if no one decides\\.`));
    expect(says({ stepAt: later(30 * MINUTE) })).toMatch(
      new RegExp(`Lapses <.*${deadline}> if no one decides\\.`),
    );
  });

  it('later, and says why', () => {
    const late = { stepsTold: 3, stepToldAt: later(8 * 60 * MINUTE) };
    expect(says(late)).toMatch(
      /Lapses <.*2026-11-21 20:05 UTC> if no one decides: later than planned, because its last reminder was late\./,
    );
    expect(says({ stepsTold: 1, stepAt: later(8 * 60 * MINUTE) })).toMatch(
      /Lapses after its last reminder, <.*2026-11-21 20:05 UTC> at the earliest, if no one decides\./,
    );
    const lapsed = { ...late, state: 'lapsed', endedAt: later(8 * 60 * MINUTE + ANSWER_MS) } as const;
    expect(says(lapsed)).toMatch(/nobody decided in 8 hours 5 minutes/);
  });
});

it('the operators: which request, and who can decide it', () => {
  const told = { request, targetName: 'Shop', afterMs: 60 * MINUTE };
  expect(undecidedSummary(told)).toBe('Hallpass: no one has decided R-1042 in 1 hour (orders_read on Shop)');
  const { text } = undecided(told);
  expect(text).toMatch(
    /^No one has decided R-1042 in 1 hour\n<@U0ANA> asked for `orders_read` on Shop for 1 hour\./,
  );
  expect(text).toContain('Get one of these to decide: <!subteam^S0DBA>. The buttons are on its card.');
});

it('says how many are asked by direct message, and that there may be others', () => {
  const ask = (people: number) =>
    card(
      aRequest({
        asking: {
          ...{ approvers: null, unshown: null, nobody: [] },
          directly: Array.from({ length: people }, (_, i) => `U0P${i}`),
        },
      }),
      scene,
      facts,
    ).text;
  expect(ask(0)).not.toMatch(/direct message/);
  expect(ask(1)).toContain('Asked by direct message as well: 1 person.');
  expect(ask(20)).toContain(
    'Asked by direct message as well: 20 people, the most that Hallpass asks this way; any others see only the card in the channel.',
  );
});
