import { describe, expect, it } from 'vitest';
import { buttonsOf, wordsOf } from '../../sandbox/slack/index.js';
import { checkHome } from '../../sandbox/slack/validate/view.js';
import { type HomeFacts, home, unreadHome } from '../../src/surfaces/home/home.js';
import { pageValue, parsePage, toLooking } from '../../src/surfaces/home/looking.js';
import { EMPTY, fullHome, pageOf } from './home-samples.js';
import { SITUATIONS, scene } from './samples.js';

function shown(facts: HomeFacts) {
  const checked = checkHome(home(facts));
  if (!checked.ok) throw new Error(checked.messages.join('; '));
  return checked.value.blocks;
}
const words = (facts: HomeFacts) => wordsOf(shown(facts)).replace(/<!date\^\d+\^[^|]*\|([^>]*)>/g, '$1');

describe('says in this order what someone holds, decides, asked for and may ask for', () => {
  it('and nothing more to someone who has nothing', () => {
    expect(words(EMPTY).split('\n')).toEqual([
      'What you hold',
      'Nothing at the moment.',
      'What you can ask for',
      'Roles on Shop. You can also type `/request` in any channel.',
      'Request access',
      'Find an instance',
    ]);
  });

  it('to an operator with everything', () => {
    expect(words(fullHome()).split('\n')).toEqual([
      'What you hold',
      ':unlock: *`orders_write`* on Shop (production) until 2026-11-21 03:11 UTC',
      '`psql "host=db.internal port=5432 dbname=shop user=ana_login"`',
      'R-1042 · login `ana_login`',
      'Relinquish',
      'Extend',
      'Waiting for you',
      '<https://acme.slack.com/archives/C0ACCESS/p1795226400000100|R-1042>: <@U0BO> asked for `orders_write` on Shop (production) for 1 hour.',
      '*Access:* reads 4 tables in `sales`; writes 2 in `sales`; owns nothing. *Danger:* write',
      'Reason: Ticket 812: orders are stuck',
      'Approve',
      'Deny',
      'Emergencies to review',
      ':rotating_light: R-1042: <@U0BO> used emergency access to `orders_write` on Shop (production), as `ana_login`, from 2026-11-21 02:11 UTC to 2026-11-21 03:11 UTC.',
      'Reason: Ticket 812: orders are stuck',
      'Justified',
      'Not justified',
      'What you asked for',
      ':hourglass_flowing_sand: *`orders_write`* on Shop (production). Waiting for approval',
      'Asked to decide: <!subteam^S0DBA>, <@U0EVE>',
      'Lapses 2026-11-21 10:00 UTC if no one decides.',
      'R-1042 · 2026-11-21 02:00 UTC',
      'Cancel request',
      'Approved again',
      ':repeat: You get *`orders_write`* on Shop (production) at once until 2026-11-21 03:11 UTC',
      'At most 1 hour each time · approved by <@U0BO> · R-1042',
      'End the repeat of R-1042?',
      'ana_login then needs an approval again for orders_write on Shop. What is granted stays until its end.',
      'End repeat',
      'Keep it',
      'End repeat',
      'What you can ask for',
      'Roles on Shop. You can also type `/request` in any channel.',
      'Request access',
      'Find an instance',
      'For operators',
      'Instance',
      'All instances',
      'Everyone',
      'Pause everywhere',
      ':double_vertical_bar: Granting is paused on every instance. we look into it paused it 2026-11-21 03:11 UTC: we look into it',
      'Resume granting?',
      'What was approved meanwhile on every instance is then granted, if it is still wanted.',
      'Resume',
      'Stay paused',
      'Resume',
      ':rotating_light: *1 revocation overdue.* `hallpass status` shows what blocks them.',
      ':warning: *1 leftover membership is being revoked.*',
      '• `orders_read` from `ana_login` on `shop` (R-1001), since 2026-11-21 03:11 UTC',
      'Everything granted (2)',
      ':rotating_light: *Overdue.* <@U0ANA>: *`orders_write`* on Shop (production)',
      'Time is up, being revoked, not yet confirmed: connection refused',
      'R-1042 · login `ana_login`',
      ':unlock: <@U0ANA>: *`orders_write`* on Shop (production) until 2026-11-21 03:11 UTC',
      'R-1042 · login `ana_login`',
      'End R-1042 now?',
      'Revokes orders_write on Shop from ana_login before its time is up.',
      'End access',
      'Keep access',
      'End access',
    ]);
    expect(buttonsOf(shown(fullHome()))).toEqual([
      ...['Relinquish', 'Extend'],
      ...['Approve', 'Deny'],
      ...['Justified', 'Not justified'],
      'Cancel request',
      'End repeat',
      'Request access',
      'Pause everywhere',
      'Resume',
      'End access',
    ]);
  });
});

it('offers no button for what is being revoked, and says what blocks it', () => {
  const facts = { ...EMPTY, held: pageOf([{ request: SITUATIONS.endingBlocked, scene }]) };
  expect(words(facts)).toContain('Being revoked, not yet confirmed\nconnection refused');
  expect(buttonsOf(shown(facts))).toEqual(['Request access']);
});

it('says before `SET ROLE` is needed that it is', () => {
  const facts = {
    ...EMPTY,
    held: pageOf([{ request: SITUATIONS.active, scene: { ...scene, setRoleFirst: true } }]),
  };
  expect(words(facts)).toContain('SET ROLE "orders_write";');
});

it('answers the last click first', () => {
  expect(words({ ...EMPTY, notice: 'R-1042 is over.' })).toMatch(/^:information_source: R-1042 is over\.\n/);
  expect(wordsOf(unreadHome('Try again.').blocks as never)).toMatch(
    /^:information_source: Try again\.[\s\S]*ledger/,
  );
});

it('counts what is on other pages, and turns them', () => {
  const facts = fullHome({ size: 5, more: 7 });
  expect(words(facts)).toContain('Waiting for you (12, page 2 of 3)');
  expect(buttonsOf(shown(facts)).filter((label) => label === 'Next')).toHaveLength(6);
  const first = { ...EMPTY, asked: { ...pageOf([], 0), total: 6, pages: 2 } };
  expect(buttonsOf(shown(first))).toEqual(['Next', 'Request access']);
});

it('shows only the pauses of the instance that an operator looks at', () => {
  const { operators, ...facts } = fullHome({ more: 2 });
  if (operators === null) throw new Error('there is none');
  const shop = { ...operators, instance: { key: 'shop', targetName: 'Shop' } };
  expect(words({ ...facts, operators: shop })).toContain('Pause on Shop');
  expect(buttonsOf(shown({ ...facts, operators: shop }))).toContain('Show all');
});

describe('what a button or the ledger says of a page', () => {
  it('is read back as it was written', () => {
    expect(parsePage(pageValue('decide', 3))).toEqual({ list: 'decide', page: 3 });
  });
  it.each([
    '',
    'decide',
    'decide:',
    'decide:-1',
    'decide:1e9',
    'decide:1:2',
    'decide:999999',
    'users:1',
    '__proto__:1',
  ])('%j is none', (value) => {
    expect(parsePage(value)).toBeNull();
  });
  it.each([
    [null],
    ['x'],
    [[]],
    [{ held: -1 }],
    [{ held: 'x', instance: 7, person: {} }],
    [{ instance: 'x'.repeat(101) }],
  ])('%j counts as the first pages of everything', (kept) => {
    expect(toLooking(kept)).toEqual({
      ...{ held: 0, decide: 0, review: 0, asked: 0, repeats: 0, all: 0 },
      ...{ instance: null, person: null, choices: 0 },
    });
  });
});
