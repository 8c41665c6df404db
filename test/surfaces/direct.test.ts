import { describe, expect, it } from 'vitest';
import { when } from '../../src/surfaces/kit/text.js';
import { note, status } from '../../src/surfaces/request/direct.js';
import { isOvertaken, type NOTE_KINDS } from '../../src/surfaces/request/note-kinds.js';
import { buttonsIn, EXPIRES, SITUATION_NAMES, SITUATIONS, type Situation, scene } from './samples.js';

const CANCEL = ['request_withdraw=R-1042'];
const RELINQUISH = ['grant_relinquish=R-1042'];
const AGAIN = ['request_again=R-1042'];
const HOLDING = ['grant_relinquish=R-1042', 'grant_extend=R-1042'];

describe('the message that follows a request', () => {
  it('has just the button that works in the state', () => {
    const buttons = Object.fromEntries(
      SITUATION_NAMES.map((name) => [name, buttonsIn(status(SITUATIONS[name], scene))]),
    );
    const expected = Object.fromEntries(
      SITUATION_NAMES.map((name): [Situation, readonly string[]] => [name, []]),
    );
    expect(buttons).toEqual({
      ...expected,
      pending: CANCEL,
      granting: RELINQUISH,
      grantingHangs: RELINQUISH,
      active: HOLDING,
      activeOnCall: HOLDING,
      extending: HOLDING,
      extended: HOLDING,
      notExtended: HOLDING,
      expired: AGAIN,
      idle: AGAIN,
      relinquished: AGAIN,
      endedBy: AGAIN,
      removed: AGAIN,
      denied: AGAIN,
      deniedBecause: AGAIN,
      withdrawn: AGAIN,
      lapsed: AGAIN,
      failed: AGAIN,
    });
  });

  it('says what was asked for and who was asked, then what became of it', () => {
    const { text } = status(SITUATIONS.pending, scene);
    expect(text).toContain('You asked for `orders_write` on Shop (production) for 1 hour.');
    expect(text).toContain('Asked to decide: <!subteam^S0DBA>, <@U0EVE>');
    expect(text).toContain('R-1042');
    expect(status(SITUATIONS.relinquished, scene).text).toMatch(/^Ended: relinquished by you\n/);
  });
});

describe('the note about an outcome', () => {
  it('granted: until when, where, as whom, how to connect', () => {
    const message = note('granted', SITUATIONS.active, scene);
    expect(message.text).toMatch(`Granted until ${when(EXPIRES)}`);
    expect(message.text).toContain(
      'You have `orders_write` on Shop (production), as `ana_login` in database `shop`.',
    );
    expect(message.text).toContain('```psql "host=db.internal port=5432 dbname=shop user=ana_login"```');
    expect(buttonsIn(message)).toEqual(HOLDING);
  });

  it.each(['granted', 'expiring'] as const)('%s: loses its button and tells the truth afterwards', (kind) => {
    for (const situation of ['overdue', 'endingRelinquished', 'expired', 'removed'] as const) {
      const later = note(kind, SITUATIONS[situation], scene);
      expect(buttonsIn(later)).toEqual(buttonsIn(status(SITUATIONS[situation], scene)));
      expect(later.text).not.toContain('You have');
      expect(later.text.split('\n')[0]).toBe(status(SITUATIONS[situation], scene).text.split('\n')[0]);
    }
  });

  it('a notice of an end that was put off tells of the extension, and is not posted any more', () => {
    const { extended } = SITUATIONS;
    const renewed = { ...extended, warnAt: new Date(EXPIRES.getTime() - 300_000) };
    const lastCall = { ...extended, warnAt: new Date(EXPIRES.getTime() - 10_000) };
    for (const [kind, request, overtaken] of [
      ['expiring', renewed, true],
      ['closing', renewed, true],
      ['closing', lastCall, true],
      ['expiring', lastCall, false],
      ['expiring', extended, false],
      ['closing', extended, false],
    ] as const) {
      expect(isOvertaken(kind, request)).toBe(overtaken);
      expect(/^Extended until/.test(note(kind, request, scene).text)).toBe(overtaken);
    }
  });

  it('expiring: when, and what to do', () => {
    const message = note('expiring', SITUATIONS.active, scene);
    expect(message.text).toContain(`Your access ends ${when(EXPIRES)}`);
    expect(message.text).toContain('click Extend if you need it longer');
    expect(buttonsIn(message)).toEqual(HOLDING);
  });

  it.each([
    [
      { sessions: 0, inTransaction: 0, since: null },
      'No session is open.\nClick Extend if you need it longer.',
    ],
    [
      { sessions: 1, inTransaction: 0, since: null },
      '1 session is open.\nFinish what is open, or click Extend',
    ],
    [
      { sessions: 1, inTransaction: 1, since: EXPIRES },
      `1 session is open, in a transaction since ${when(EXPIRES)}.`,
    ],
    [
      { sessions: 2, inTransaction: 1, since: EXPIRES },
      `2 sessions are open, one in a transaction since ${when(EXPIRES)}.`,
    ],
    [
      { sessions: 3, inTransaction: 2, since: EXPIRES },
      `3 sessions are open, 2 in a transaction since ${when(EXPIRES)}.`,
    ],
  ])('expiring: what is open (%#)', (sessions, says) => {
    expect(note('expiring', SITUATIONS.active, { ...scene, sessions }).text).toContain(says);
    const { text } = note('closing', SITUATIONS.active, { ...scene, sessions });
    expect(text).toContain(says.split('\n')[0]);
    expect(text.includes('Commit or roll back')).toBe(sessions.sessions > 0);
  });

  it('unused: nothing ends by it, and it is overtaken by a session', () => {
    const { active } = SITUATIONS;
    const message = note('unused', active, scene);
    expect(message.text).toMatch(/^You haven’t used your access for 20 minutes\n/);
    expect(message.text).toContain('If you’re done, click Relinquish.');
    expect(buttonsIn(message)).toEqual(HOLDING);
    const used = { ...active, inUse: true };
    expect([isOvertaken('unused', active), isOvertaken('unused', used)]).toEqual([false, true]);
    expect(note('unused', used, scene).text).toMatch(/^Granted until/);
  });

  it('idle: when it ends, and what keeps it', () => {
    const idling = { ...SITUATIONS.active, terms: SITUATIONS.idle.terms, idleEndsAt: EXPIRES };
    const message = note('idle', idling, scene);
    expect(message.text).toMatch(`Your access ends ${when(EXPIRES)} unless you use it`);
    expect(message.text).toContain('ends after 30 minutes without a session of `ana_login`.');
    expect(buttonsIn(message)).toEqual(HOLDING);
    for (const used of [
      { ...idling, inUse: true },
      { ...idling, idleEndsAt: null },
    ]) {
      expect(isOvertaken('idle', used)).toBe(true);
      expect(note('idle', used, scene).text).toMatch(/^Granted until/);
    }
  });

  it.each<[(typeof NOTE_KINDS)[number], Situation, readonly string[]]>([
    ['denied', 'denied', ['Denied by <@U0BO>', 'talk to <@U0BO>']],
    ['denied', 'deniedBecause', ['Denied by <@U0BO>', 'Why: orders_read is enough for that']],
    ['withdrawn', 'withdrawn', ['Canceled by you']],
    ['lapsed', 'lapsed', ['nobody decided in 8 hours', 'tell one of these: <!subteam^S0DBA>']],
    ['failed', 'failed', ['Why it was not granted: no such role', 'Ask again once this is fixed']],
    ['ended', 'expired', ['its time was up', 'ask again']],
    [
      'ended',
      'idle',
      [
        'Ended: not used for 30 minutes',
        'You had it for 1 hour 1 minute, with a session open for 12 minutes.',
      ],
    ],
    ['ended', 'removed', ['gone from the server']],
    ['ended', 'endedBy', ['Ended by <@U0BO>']],
    ['ended', 'endedLeft', ['Ended, because your Slack account was deactivated']],
    [
      'ended',
      'endedByOperator',
      [
        'Ended by an operator (olga@ops1)',
        'The operator’s reason: stolen laptop',
        'Talk to a Hallpass operator',
      ],
    ],
    [
      'withdrawn',
      'withdrawnByOperator',
      ['Canceled by an operator (olga@ops1)', 'stolen laptop', 'Talk to a Hallpass operator'],
    ],
    ['withdrawn', 'withdrawnLeft', ['Canceled, because your Slack account was deactivated']],
  ])('%s (%s) says what happened and what to do', (kind, situation, facts) => {
    const message = note(kind, SITUATIONS[situation], scene);
    for (const fact of facts) expect(message.text).toContain(fact);
    // Not for an account that left, nor where an operator is to be asked first.
    expect(buttonsIn(message)).toEqual(/Left|ByOperator/.test(situation) ? [] : AGAIN);
  });
});

it('of a failure, only what was read is confirmed', () => {
  const never = note('failed', SITUATIONS.failed, scene).text;
  expect(never).toContain('nothing was ever granted on the server');
  expect(never).not.toContain('confirmed');
  const place = { server: '7', grantorOid: 1, roleOid: 2, memberOid: 3 };
  expect(note('failed', { ...SITUATIONS.failed, place }, scene).text).toContain(
    'Nothing of it is left on the server, confirmed',
  );
});

describe('the psql line', () => {
  it.each([
    ["o'brien", 'user=o%27brien'],
    ['$(reboot)`id`"!', 'user=%24%28reboot%29%60id%60%22%21'],
    ['a b', 'user=a%20b'],
    ['žluť', 'user=%C5%BElu%C5%A5'],
  ])('carries the login %s past conninfo, shell and Slack', (login, encoded) => {
    const { text } = note('granted', { ...SITUATIONS.active, login }, scene);
    const line = /```(.*)```/.exec(text)?.[1];
    expect(line).toBe(`psql "postgresql:///?host=db.internal&amp;port=5432&amp;dbname=shop&amp;${encoded}"`);
  });

  it('is a URL where the provider writes URLs', () => {
    const url = { ...scene, asUrl: true };
    expect(note('granted', SITUATIONS.active, url).text).toContain(
      '```psql "postgresql://ana_login@db.internal:5432/shop?sslmode=require"```',
    );
    const { text } = note('granted', { ...SITUATIONS.active, login: 'a"$(b)@c' }, { ...url, host: '::1' });
    expect(text).toContain('```psql "postgresql://a%22%24%28b%29%40c@[::1]:5432/shop?sslmode=require"```');
  });

  it('is left out when it would be too long to show', () => {
    const { text } = note('granted', SITUATIONS.active, { ...scene, host: 'h'.repeat(2_000) });
    expect(text).not.toContain('psql');
    expect(text).toContain('Connect as you always do.');
  });
});
