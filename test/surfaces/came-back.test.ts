/** What is said of a membership that has to go although no open request accounts for it. */
import { expect, it } from 'vitest';
import type { Stray, StrayEnd } from '../../src/domain/request/stray.js';
import { strayForHolder, strayForOperators } from '../../src/surfaces/request/came-back.js';
import { card } from '../../src/surfaces/request/card.js';
import { status } from '../../src/surfaces/request/direct.js';
import { ANA, SITUATIONS, scene, textsIn } from './samples.js';

const FOUND = new Date('2026-11-21T04:00:00Z');
const stray: Stray = {
  id: 3,
  kind: 'leftover',
  target: 'shop',
  role: 'orders_write',
  login: 'ana_login',
  request: { id: 1001, requester: ANA, endedAt: new Date('2026-11-21T03:12:00Z') },
  orphanId: null,
  askedBy: null,
  because: null,
  absentAt: new Date('2026-11-21T03:55:00Z'),
  foundAt: FOUND,
  sessions: 'auto',
  trouble: null,
  end: null,
};
const end: StrayEnd = { at: FOUND, outcome: 'revoked', closed: 2, prepared: [], wantedBy: null };
const facts = { first: false, preview: null, missing: [] };
const shown = (strays: readonly Stray[]) => {
  const of = { ...scene, strays };
  return [card(SITUATIONS.expired, of, facts), status(SITUATIONS.expired, of)].map(({ text }) => text);
};

it.each(['leftover', 'late', 'orphan'] as const)('%s: revoked is said only of what has ended', (kind) => {
  const open = { ...stray, kind, request: kind === 'orphan' ? null : stray.request, trouble: 'no answer' };
  for (const tell of [strayForOperators, strayForHolder]) {
    const before = tell(open, 'Shop').text;
    expect(before).toContain('Not confirmed yet: no answer');
    expect(before).not.toMatch(/\b(was|and) revoked\b|confirmed <!date/);
    const after = tell({ ...open, end }, 'Shop').text;
    expect(after).toMatch(/Revoked `orders_write` from `ana_login` and ended 2 sessions, confirmed <!date/);
    expect(after).not.toContain('no answer');
  }
});

it('the messages of its request no longer say "ended" while it is there again', () => {
  for (const text of shown([{ ...stray, trouble: 'no answer' }])) {
    expect(text).toMatch(/^Usable again, being revoked, not yet confirmed\n/);
    expect(text).toContain('no answer');
  }
  for (const text of shown([{ ...stray, end: { ...end, closed: 1 } }])) {
    expect(text).toMatch(/^Ended: its time was up\n/);
    expect(text).toContain('and ended 1 session, confirmed');
  }
});

it('says why it came back, when that is known', () => {
  const known = { ...stray, because: 'The server failed over to a standby that had missed the REVOKE.' };
  expect(strayForOperators(known, 'Shop').text).toContain(`Why it came back: ${known.because}`);
  expect(strayForOperators(stray, 'Shop').text).toContain('doesn’t know how it came back');
});

it('names the request that has it now, and says that nothing was revoked', () => {
  const kept = { ...stray, end: { ...end, outcome: 'wanted', wantedBy: 1007 } } as const;
  expect(strayForOperators(kept, 'Shop').text).toContain(
    'Nothing was revoked: `orders_write` is R-1007’s now',
  );
  expect(strayForHolder(kept, 'Shop').text).not.toContain('ask for it again');
});

it('sessions that the configuration leaves open are not called ended', () => {
  const left = { ...stray, sessions: 'leave', end } as const;
  expect(strayForOperators(left, 'Shop').text).toContain('left its sessions open, as the configuration says');
});

it('fits, and formats nothing, whatever the names are', () => {
  const evil = '<!channel> `*_~` <@U0BO>'.repeat(10);
  const prepared = Array.from({ length: 100 }, () => evil);
  const worst = { ...stray, role: evil, login: evil, because: evil, end: { ...end, prepared } };
  for (const message of [strayForOperators(worst, evil), strayForHolder(worst, evil)]) {
    expect(message.text.length).toBeLessThanOrEqual(4_000);
    for (const { type, text } of textsIn(message)) {
      if (type === 'mrkdwn') expect(text).not.toMatch(/<!channel>|<@U0BO>/);
    }
  }
  for (const text of shown(Array.from({ length: 50 }, () => worst))) {
    expect(text.length).toBeLessThanOrEqual(4_000);
  }
});
