import { describe, expect, it } from 'vitest';
import { when } from '../../src/surfaces/kit/text.js';
import { card } from '../../src/surfaces/request/card.js';
import {
  BO,
  buttonsIn,
  byOnCall,
  EXPIRES,
  SITUATION_NAMES,
  SITUATIONS,
  type Situation,
  scene,
  textsIn,
} from './samples.js';

const shown = (situation: Situation, first = false) =>
  card(SITUATIONS[situation], scene, { first, preview: null, missing: [] });
const title = (situation: Situation) => shown(situation).text.split('\n')[0];

const DECIDE = ['request_approve=R-1042', 'request_deny=R-1042'];
const END = ['grant_end=R-1042'];
const IN_FORCE = ['grant_extend=R-1042', ...END];

const LEFT = 'because the Slack account of <@U0ANA> was deactivated or is no longer a full member’s';

it.each<[Situation, string, readonly string[]]>([
  ['pending', 'Waiting for approval', DECIDE],
  ['granting', 'Approved, being granted', END],
  ['grantingHangs', 'Approved, not granted yet', END],
  ['active', `Granted until ${when(EXPIRES)}`, IN_FORCE],
  ['activeOnCall', `Granted (on call) until ${when(EXPIRES)}`, IN_FORCE],
  ['extending', `Granted until ${when(EXPIRES)}`, IN_FORCE],
  ['extended', `Granted until ${when(EXPIRES)}`, IN_FORCE],
  ['notExtended', `Granted until ${when(EXPIRES)}`, IN_FORCE],
  ['overdue', 'Time is up, being revoked, not yet confirmed', []],
  ['endingRelinquished', 'Being revoked, not yet confirmed', []],
  ['endingBlocked', 'Being revoked, not yet confirmed', []],
  ['endingFailed', 'Not granted: checking that nothing was left behind', []],
  ['expired', 'Ended: its time was up', []],
  ['relinquished', 'Ended: relinquished by <@U0ANA>', []],
  ['endedBy', 'Ended by <@U0BO>', []],
  ['endedLeft', `Ended, ${LEFT}`, []],
  ['endedByOperator', 'Ended by an operator (olga@ops1)', []],
  ['removed', 'Ended: gone from the server, and the ledger doesn’t say who revoked it', []],
  ['denied', 'Denied by <@U0BO>', []],
  ['deniedBecause', 'Denied by <@U0BO>', []],
  ['withdrawn', 'Canceled by <@U0ANA>', []],
  ['withdrawnLeft', `Canceled, ${LEFT}`, []],
  ['withdrawnByOperator', 'Canceled by an operator (olga@ops1)', []],
  ['lapsed', 'Lapsed: nobody decided in 8 hours', []],
  ['failed', 'Failed: nothing was granted', []],
])('%s: its own words and its own buttons', (situation, words, buttons) => {
  expect(title(situation)).toBe(words);
  expect(buttonsIn(shown(situation))).toEqual(buttons);
});

it('says in every state who asked, for what, where, why and under which id', () => {
  for (const situation of SITUATION_NAMES) {
    for (const fact of [
      '<@U0ANA>',
      '`orders_write`',
      'Shop (production)',
      'Ticket 812',
      'R-1042',
      '`shop-prod`',
    ]) {
      expect(shown(situation).text, situation).toContain(fact);
    }
  }
});

it('says all that its blocks say in the text that stands alone', () => {
  for (const situation of SITUATION_NAMES) {
    const message = shown(situation, true);
    const facts = textsIn(message.blocks.filter(({ type }) => type !== 'actions'))
      .flatMap(({ text }) => text.split('\n'))
      .map((line) => line.replace(/^:\w+: \*(.*)\*$/, '$1'));
    for (const fact of facts) expect(message.text, situation).toContain(fact);
  }
});

describe('pending', () => {
  it('calls the approvers, says when it lapses, and reads its buttons out in full', () => {
    const { text, blocks } = shown('pending', true);
    expect(text).toContain('Can decide: <!subteam^S0DBA>, <@U0EVE>');
    expect(text).toContain('2026-11-21 10:00 UTC');
    expect(JSON.stringify(blocks)).toContain('"Approve R-1042: orders_write on Shop for 1 hour"');
    expect(JSON.stringify(blocks)).toContain('"Deny R-1042: orders_write on Shop for 1 hour"');
  });

  it('shows why on call did not approve, and says so when no reason was given', () => {
    const request = { ...SITUATIONS.pending, reason: ' ', onCallNote: 'PagerDuty did not answer' };
    const { text } = card(request, scene, { first: false, preview: null, missing: [] });
    expect(text).toContain('Not approved by on call: PagerDuty did not answer');
    expect(text).toContain('No reason was given.');
  });

  it("warns of Postgres's own roles, as long as something can be done about it", () => {
    const warning =
      '*Danger:* `pg_read_all_data` reads every table, view and sequence, in every database of this server.';
    const of = (situation: Situation) =>
      card({ ...SITUATIONS[situation], role: 'pg_read_all_data' }, scene, {
        first: false,
        preview: null,
        missing: [],
      }).text;
    expect(of('pending')).toContain(warning);
    expect(of('active')).toContain(warning);
    expect(of('expired')).not.toContain('Danger');
    expect(
      card({ ...SITUATIONS.pending, role: 'pg_new_in_20' }, scene, {
        first: false,
        preview: null,
        missing: [],
      }).text,
    ).toContain('*Danger:*');
  });
});

describe('decided', () => {
  it('says who decided, through which group, and when', () => {
    expect(shown('active').text).toMatch(/Approved by <@U0BO> \(dba\) <!date\^1795227000\^/);
    const named = { ...SITUATIONS.active, decidedVia: 'named' };
    expect(card(named, scene, { first: false, preview: null, missing: [] }).text).toMatch(
      /Approved by <@U0BO> <!date/,
    );
    const unnamed = { ...SITUATIONS.active, asked: [{ id: 'S0SRE', name: null }], decidedVia: 'S0SRE' };
    expect(card(unnamed, scene, { first: false, preview: null, missing: [] }).text).toContain(
      'Approved by <@U0BO> (<!subteam^S0SRE>)',
    );
  });

  it('says that on call approved, and that the time was shortened', () => {
    const { text } = shown('activeOnCall');
    expect(text).toContain('Approved by the on-call rule (schedule PABC123)');
    expect(text).toContain('Asked for 4 hours, shortened to 1 hour.');
    expect(shown('active').text).not.toContain('shortened');
  });

  it.each([
    ['on_call', 'Granted (on call) until', 'Approved by the on-call rule (this) <!date'],
    ['automatic', 'Granted (automatic) until', 'Approved by an automatic rule (this) <!date'],
    ['repeat', 'Granted (as before) until', 'Approved by an earlier approval (this) <!date'],
  ] as const)('says which rule approved: %s', (decidedRule, title, sentence) => {
    const request = { ...SITUATIONS.active, decidedBy: null, decidedVia: 'this', decidedRule };
    const { text } = card(request, scene, { first: true, preview: null, missing: [] });
    expect(text).toContain(title);
    expect(text).toContain(sentence);
    expect(text).toContain('For your information: <!subteam^S0DBA>');
  });

  it('says that an emergency approved it, and calls nobody for information', () => {
    const rule = { decidedBy: null, decidedVia: 'this', decidedRule: 'break_glass' } as const;
    const { text } = card({ ...SITUATIONS.active, ...rule }, scene, {
      first: true,
      preview: null,
      missing: [],
    });
    expect(text).toContain('Granted (emergency) until');
    expect(text).toContain('Allowed in an emergency (this) <!date');
    expect(text).not.toContain('For your information');
  });

  it('calls the approvers when on call was quicker than the first post, and at no other time', () => {
    const granting = { ...SITUATIONS.granting, ...byOnCall };
    expect(card(granting, scene, { first: true, preview: null, missing: [] }).text).toContain(
      'For your information: <!subteam^S0DBA>',
    );
    expect(card(granting, scene, { first: false, preview: null, missing: [] }).text).not.toContain(
      '<!subteam^S0DBA>',
    );
    expect(shown('granting', true).text).not.toContain('<!subteam^S0DBA>');
  });

  it('says what is in the way, and why it failed', () => {
    expect(shown('grantingHangs').text).toContain('Hallpass keeps trying: connection refused');
    expect(shown('overdue').text).toContain('Not confirmed yet: connection refused');
    expect(shown('endingBlocked').text).toContain(
      `Ended by <@${BO}>.\nNot confirmed yet: connection refused`,
    );
    expect(shown('endingFailed').text).toContain('Why it was not granted: no such role');
    expect(shown('failed').text).toContain('Why it was not granted: no such role');
  });

  it('asks once more before access is ended, with verbs', () => {
    const actions = shown('active').blocks.find(({ type }) => type === 'actions');
    expect(actions).toMatchObject({
      elements: [
        {
          confirm: {
            text: {
              text: 'Gives ana_login orders_write on Shop for 1 hour from now, or for as long as policy allows.',
            },
          },
        },
        {
          style: 'danger',
          confirm: {
            text: { text: 'Revokes orders_write on Shop from ana_login before its time is up.' },
            confirm: { text: 'End access' },
            deny: { text: 'Keep access' },
          },
        },
      ],
    });
  });
});

it('links what policy links in the reason, and leaves the reason as it was typed', () => {
  const reasonLink = { text: '<!channel>*|1', url: 'https://tickets.example.com/a?b=1&c=<d>|e' };
  const { blocks, text } = card(
    { ...SITUATIONS.pending, reason: 'see <!channel>*|1' },
    { ...scene, reasonLink },
    { first: false, preview: null, missing: [] },
  );
  const link = 'See <https://tickets.example.com/a?b=1&amp;c=&lt;d&gt;%7Ce|&lt;!channel&gt;∗|1>.';
  expect(text).toContain(link);
  const sections = blocks.flatMap((block) => (block.type === 'section' && block.text ? [block.text] : []));
  expect(sections).toContainEqual({ type: 'mrkdwn', text: link, verbatim: true });
  expect(sections).toContainEqual({
    type: 'plain_text',
    text: 'Reason: see <!channel>*|1',
    emoji: false,
  });
});
