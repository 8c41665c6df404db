/** What is typed after the command, as the people see it who type it. */
import { afterEach, describe, expect, onTestFinished, test } from 'vitest';
import { runSql } from '../../sandbox/postgres/server-access.js';
import { buttonsOf, type SeenMessage, type SeenView, wordsOf } from '../../sandbox/slack/index.js';
import { CAST, CHANNELS } from '../../sandbox/stage/cast.js';
import { all, card, click, deny, type Name, request, told } from '../../sandbox/stage/people.js';
import { deliver, lastSent } from '../security/forge.js';
import { createGrantable, expectReads } from '../support/access.js';
import { runHallpass } from '../support/commands.js';
import { expectSettled, obtain, untilInLedger } from '../support/requests.js';
import { KINDS, openStage } from '../support/stage.js';
import { waitFor } from '../support/wait-for.js';

/** May request desk_read: Ben is in it. */
const DESK = 'S0DESK';
const TICKET = 'reason: { pattern: "[A-Z]+-\\\\d+", hint: "The ticket, like OPS-123" }';
const MORE = `
      desk_read: { policy: read, requesters: [desk] }
      strict_read: { policy: read, ${TICKET} }
  attic:
    name: Attic
    connect: { host: 127.0.0.1, port: 1, database: attic, user: hallpass, password: "\${SHOP_PASSWORD}" }
    people: { ${CAST.ben}: null }
    roles: { orders_read: read, old_read: read }
  mine:
    name: Gold
    connect: { host: 127.0.0.1, port: 1, database: mine, user: hallpass, password: "\${SHOP_PASSWORD}" }
    people: { ${CAST.ben}: null }
    roles: { gold_read: read }
`;

describe.each(KINDS)('by $transport', async ({ transport, backend }) => {
  const stage = await openStage({
    transport,
    backend,
    ledgerApart: false,
    configure: (yaml) => yaml.replace('groups: { ', `groups: { desk: ${DESK}, `).trimEnd() + MORE,
  });
  const { slack } = stage;
  slack.workspace.addGroup({ id: DESK, handle: 'desk', members: [CAST.ben] });
  await createGrantable(stage.server, 'desk_read', 'strict_read');
  let hallpass = await stage.startHallpass();

  afterEach(async () => {
    slack.faults.clear();
    for (const id of Object.values(CAST)) if (slack.as(id).openedView()) await slack.as(id).closeView();
    await runSql(
      stage.ledgerUrl,
      "update requests set pending_until = now() where state = 'pending'; update requests set expires_at = now() where state = 'active'",
    );
    await expectSettled(stage);
  });

  const heard = (name: Name, where: string): readonly SeenMessage[] =>
    slack
      .as(CAST[name])
      .messages(where)
      .filter(({ ephemeral }) => ephemeral);

  /** Types the command. @returns what is then said to this person alone */
  async function say(name: Name, typed: string, where: string = CHANNELS.access): Promise<SeenMessage> {
    const before = heard(name, where).length;
    expect(await slack.as(CAST[name]).command('/request', typed, where)).toEqual({
      outcome: 'ok',
      response: null,
    });
    const said = await slack.waitFor(() => heard(name, where)[before]);
    expect(slack.as(CAST[name]).openedView()).toBeUndefined();
    return said;
  }

  /** Types the command. @returns the form that opens */
  async function form(name: Name, typed: string, where: string = CHANNELS.access): Promise<SeenView> {
    const person = slack.as(CAST[name]);
    const [before, said] = [person.openedView()?.id, heard(name, where).length];
    expect(await person.command('/request', typed, where)).toMatchObject({ outcome: 'ok' });
    const view = await slack.waitFor(() => {
      const open = person.openedView();
      return open?.id !== before && open;
    });
    expect(heard(name, where)).toHaveLength(said);
    return view;
  }

  const idIn = (message: SeenMessage): string => /R-\d+/.exec(all(message))?.[0] ?? '';
  const count = async () =>
    (await runSql<{ n: number }>(stage.ledgerUrl, 'select count(*)::int as n from requests'))[0]?.n ?? 0;
  const noticeOf = ({ blocks: [first] }: SeenView): string =>
    first !== undefined && 'text' in first && typeof first.text === 'object' ? (first.text?.text ?? '') : '';

  test.each([
    ['in a channel', CHANNELS.access],
    ['in a channel that the bot is not in', 'general'],
    ['in direct messages', 'dm'],
  ])('what is whole is filed at once, %s; approved, it is granted', async (_, where) => {
    const answer = await say('ana', 'Shop  “orders_read” 15\u00a0min <!channel> OPS-123 & more', where);
    expect(all(answer)).toMatch(/Waiting for approval[\s\S]*You asked for `orders_read`[\s\S]*15 minutes/);
    expect(answer.text).not.toContain('<!channel>');
    expect(buttonsOf(answer.blocks)).toEqual(['Cancel request']);
    const id = idIn(answer);
    const shown = await card(slack, id, /Waiting/);
    expect(wordsOf(shown.blocks)).toContain('<!channel> OPS-123 & more');
    expect(shown.text).not.toContain('<!channel>');
    await click(slack, 'cora', shown, 'Approve');
    await told(slack, 'ana', id, /psql/);
    await expectReads(stage, 'ana', 'orders_read');
  });

  test('its answer cancels it, and then says so without a button', async () => {
    const answer = await say('ana', 'orders_read on shop for 15m OPS-1 stuck');
    const id = idIn(answer);
    await click(slack, 'ana', answer, 'Cancel request');
    await untilInLedger(stage, id, 'withdrawn');
    const after = await slack.waitFor(() =>
      heard('ana', CHANNELS.access).find(({ ts, text }) => ts === answer.ts && /Canceled by you/.test(text)),
    );
    expect(buttonsOf(after.blocks)).toEqual([]);
    // The card is still there for the others.
    await card(slack, id, /Canceled by/);
  });

  test('a rule that approves it at once is in the answer, whose buttons are the direct message’s', async () => {
    const answer = await say('dan', 'shop orders_write 15m alert');
    expect(all(answer)).toMatch(/Granted \(on call\)|Approved \(on call\)/);
    expect(buttonsOf(answer.blocks)).toEqual([]);
    await told(slack, 'dan', idIn(answer), /psql/);
  });

  test('delivered twice, to one process or after a restart, it is one request and one answer', async () => {
    const before = await count();
    slack.faults.duplicateNext();
    const answer = await say('ana', 'shop orders_read 15m twice');
    await card(slack, idIn(answer), /Waiting/);
    if (transport === 'http') {
      await hallpass.stop();
      hallpass = await stage.startHallpass();
      const [said] = [heard('ana', CHANNELS.access).length];
      await deliver(stage, lastSent(stage, '/request'));
      const again = await slack.waitFor(() => heard('ana', CHANNELS.access)[said]);
      expect(idIn(again)).toBe(idIn(answer));
    }
    expect(heard('ana', CHANNELS.access).filter((each) => idIn(each) === idIn(answer)).length).toBe(
      transport === 'http' ? 2 : 1,
    );
    expect(await count()).toBe(before + 1);
  });

  test('what is left out, the form asks for, with what was typed', async () => {
    const before = await count();
    expect((await form('ana', 'shop orders_read 15m')).values).toMatchObject({
      target: { target: { selected_option: { value: 'shop' } } },
      'role:shop': { role: { selected_option: { value: 'orders_read' } } },
      'duration:orders_read': { duration: { selected_option: { value: '15m' } } },
      reason: { reason: { value: null } },
    });
    expect(noticeOf(await form('ana', 'shop orders_read 15m'))).toMatch(/^Enter a reason/);
    expect((await form('ana', 'shop orders_read stuck order')).values).toMatchObject({
      reason: { reason: { value: 'stuck order' } },
    });
    expect(noticeOf(await form('ana', 'shop strict_read 15m stuck'))).toBe(
      'Add this to the reason: The ticket, like OPS-123.',
    );
    expect(noticeOf(await form('ana', 'shop orders_read 9h stuck'))).toMatch(/for 4 hours at most/);
    expect(noticeOf(await form('ana', 'shop orders_read 2 stuck'))).toMatch(/^“2” isn’t a duration/);
    // The words, wherever the capitals are, and the one that only one instance has.
    const named = await form('ana', 'old_read 15m stuck');
    expect(noticeOf(named)).toBe('You named no instance. Check that you mean “attic”.');
    expect(named.values).toMatchObject({
      'role:attic': { role: { selected_option: { value: 'old_read' } } },
    });
    expect(await count()).toBe(before);
  });

  test('what is unclear is asked, and what is unknown is answered with the nearest, of what this person may see', async () => {
    const before = await count();
    expect(noticeOf(await form('ana', 'orders_read 15m stuck'))).toBe(
      'Choose which instance you mean: “shop”, “attic”.',
    );
    expect(noticeOf(await form('ben', 'orders_read 15m stuck'))).toBe(
      'Choose which instance you mean: “shop”.',
    );
    expect(noticeOf(await form('ana', 'shop orders_read orders_write 15m stuck'))).toContain(
      'A request is for one role. Choose which you mean: “orders_read”, “orders_write”.',
    );
    expect(noticeOf(await form('ana', 'shop orders_read 1h 30m rows'))).toBe(
      '“1h 30m” can be read in more than one way. Check the duration.',
    );
    expect(noticeOf(await form('ana', 'shp orders_read 15m stuck'))).toMatch(
      /^“shp” isn’t an instance you can request\. These are: “shop”, /,
    );
    expect(noticeOf(await form('ben', 'attc orders_read 15m stuck'))).toBe(
      '“attc” isn’t an instance you can request. These are: “shop”.',
    );
    const misspelled = await form('ana', 'shop ordrs_read 15m OPS-1 stuck');
    expect(noticeOf(misspelled)).toMatch(
      /“ordrs_read” isn’t a role you can request on “Shop” here\. These are: “orders_read”/,
    );
    expect(noticeOf(misspelled)).not.toContain('desk_read');
    expect(misspelled.values).toMatchObject({ reason: { reason: { value: 'OPS-1 stuck' } } });
    expect(noticeOf(await form('ana', 'shop <!channel> 15m stuck'))).toContain('“<!channel>” isn’t a role');
    expect(await count()).toBe(before);
  });

  test('who can’t have it reads why, and nothing is requested', async () => {
    const before = await count();
    expect((await say('ana', 'shop desk_read 15m why')).text).toMatch(
      /^Nothing was requested\. Only “desk” can request “desk_read”/,
    );
    expect((await say('eve', 'shop orders_read 15m why')).text).toMatch(
      /^Nothing was requested\. No login on Shop is known for you/,
    );
    expect((await say('ben', 'shop payments_read 15m why')).text).toMatch(/already holds it/);
    const id = await request(slack, 'ana', { role: 'orders_read' });
    expect((await say('ana', 'shop orders_read 15m why')).text).toContain(`${id} waits for approval`);
    expect(await count()).toBe(before + 1);
  });

  test('while granting is paused it is filed, and its answer says so', async () => {
    await runHallpass(stage, ['pause', 'shop', '--because', 'we look into <!here>']);
    onTestFinished(() => runHallpass(stage, ['resume', 'shop']).then(() => undefined));
    const answer = await say('ana', 'shop orders_read 15m why');
    expect(all(answer)).toMatch(/Granting is paused on `shop`/);
    expect(answer.text).not.toContain('<!here>');
  });

  test('mine lists what they hold and what waits, with buttons that draw it again', async () => {
    expect((await say('ana', 'mine')).text).toMatch(/^You hold no role, and no request of yours waits/);
    const { id: held } = await obtain(stage, 'ana', { role: 'orders_read', duration: '15 minutes' });
    const waits = await request(slack, 'ana', { role: 'payments_read', reason: '<!channel>' });
    await request(slack, 'ben', { role: 'orders_read' });
    const shown = await say('ana', 'Mine', 'general');
    expect(all(shown)).toContain('You hold 1 role; 1 request of yours waits');
    expect(all(shown)).toMatch(
      new RegExp(`orders_read[\\s\\S]*Granted until[\\s\\S]*${held}[\\s\\S]*payments_read[\\s\\S]*${waits}`),
    );
    expect(all(shown)).not.toContain('U0BEN');
    expect(buttonsOf(shown.blocks)).toEqual(['Relinquish', 'Cancel request']);
    await click(slack, 'ana', shown, 'Relinquish');
    await untilInLedger(stage, held, 'ended');
    await click(slack, 'ana', shown, 'Cancel request');
    const after = await slack.waitFor(() =>
      heard('ana', 'general').find(
        ({ ts, text }) => ts === shown.ts && /no request of yours waits/.test(text),
      ),
    );
    expect(buttonsOf(after.blocks)).toEqual([]);
    // An instance of that name, in quotes.
    expect((await form('ana', '"mine" gold_read 15m')).values).toMatchObject({
      target: { target: { selected_option: { value: 'mine' } } },
    });
    await slack.as(CAST.ana).closeView();
    expect((await say('ana', 'mine gold_read 15m')).text).toContain('put it in quotes: `/request "mine"`');
  });

  test('again opens the form as it was, of their own requests only', async () => {
    const id = await request(slack, 'ana', {
      role: 'orders_read',
      otherDuration: '20m',
      reason: 'the first',
    });
    await deny(slack, 'cora', await card(slack, id, /Waiting/));
    await told(slack, 'ana', id, /Denied/);
    const other = await request(slack, 'ana', { role: 'payments_read', reason: 'the last' });
    const last = await form('ana', 'again');
    expect(noticeOf(last)).toBe(`Filled in as in ${other}. Check it before you send it.`);
    expect(last.values).toMatchObject({
      'role:shop': { role: { selected_option: { value: 'payments_read' } } },
      reason: { reason: { value: 'the last' } },
    });
    for (const named of [id, id.toLowerCase(), id.slice(2)]) {
      expect((await form('ana', `again ${named}`)).values).toMatchObject({
        'role:shop': { role: { selected_option: { value: 'orders_read' } } },
        other_duration: { other_duration: { value: '20m' } },
        reason: { reason: { value: 'the first' } },
      });
    }
    await slack.as(CAST.ana).submit();
    await slack.waitFor(() => slack.as(CAST.ana).openedView() === undefined);
    for (const named of [id, 'R-999999', 'nonsense']) {
      expect((await say('ben', `again ${named}`)).text).toMatch(/^You have no request “/);
    }
  });

  test('relinquish: the one, the named one, or a question which', async () => {
    expect((await say('ana', 'relinquish')).text).toMatch(/nothing to relinquish/);
    const { id: orders } = await obtain(stage, 'ana', { role: 'orders_read', duration: '15 minutes' });
    const { id: payments } = await obtain(stage, 'ana', { role: 'payments_read', duration: '15 minutes' });
    const which = await say('ana', 'relinquish');
    expect(all(which)).toContain('Which one do you relinquish?');
    expect(buttonsOf(which.blocks)).toEqual(['Relinquish', 'Relinquish']);
    expect((await say('ana', 'relinquish ordrs')).text).toBe(
      'You don’t hold “ordrs” now. You hold: `orders_read`, `payments_read`.',
    );
    expect((await say('ben', `relinquish ${orders}`)).text).toMatch(/^You have no request “/);
    slack.faults.duplicateNext();
    expect((await say('ana', 'relinquish Orders_read')).text).toMatch(
      new RegExp(`^You relinquished \`orders_read\` on Shop \\(production\\) \\(${orders}\\)`),
    );
    await untilInLedger(stage, orders, 'ended');
    expect(heard('ana', CHANNELS.access).filter(({ text }) => text.includes(`(${orders})`))).toHaveLength(1);
    expect((await say('ana', 'relinquish shop')).text).toContain(`(${payments})`);
    await untilInLedger(stage, payments, 'ended');
    expect((await say('ana', `relinquish ${payments}`)).text).toMatch(/Nothing is granted under/);
  });

  test('help names only what this person can use', async () => {
    const ana = await say('ana', 'help');
    expect(ana.text).toMatch(
      /opens a form[\s\S]*`\/request shop orders_read 1h ticket 812` sends it at once/,
    );
    expect(ana.text).toContain('You can request roles on `shop`, `attic`, `"mine"`.');
    expect(ana.text).not.toContain('/request who');
    const ben = await say('ben', 'help', 'dm');
    expect(ben.text).toContain('You can request roles on `shop`.');
    expect(ben.text).not.toMatch(/attic|mine"/);
    const eve = await say('eve', 'Help');
    expect(eve.text).toMatch(/Hallpass knows no login of yours|No login on/);
    expect(eve.text).not.toMatch(/attic|orders_read/);
    expect((await say('olga', 'help')).text).toContain('`/request who [instance]`');
    expect((await say('ana', 'help me please')).text).toMatch(/^Type `\/request help`/);
  });

  test('who holds what, for operators alone', async () => {
    const { id } = await obtain(stage, 'ana', { role: 'orders_read', duration: '15 minutes' });
    const shop = await say('olga', 'who Shop');
    expect(all(shop)).toMatch(
      new RegExp(
        `1 role is granted on Shop \\(production\\)[\\s\\S]*\`orders_read\` · <@U0ANA> as \`ana\`[\\s\\S]*Granted until[\\s\\S]*${id}`,
      ),
    );
    expect((await say('olga', 'who attic')).text).toBe(
      'Hallpass has granted nothing on Attic at the moment.',
    );
    expect((await say('olga', 'who atic')).text).toMatch(
      /^No instance is called “atic”\. These are: `attic`/,
    );
    expect(all(await say('olga', 'who', 'dm'))).toContain('1 role is granted');
    for (const name of ['ana', 'cora', 'eve'] as const) {
      expect((await say(name, 'who shop')).text).toMatch(/^Only Hallpass's operators can do that/);
    }
    // What is more than a look takes is counted.
    await runSql(
      stage.ledgerUrl,
      `insert into requests (state, target, role, login, requester, reason, wished_ms, duration_ms, asked, view_id, pending_until)
         select 'granting', 'attic', 'r' || n, 'l', 'U0GONE', 'x', 1000, 1000, '[]', 'many:' || n, now() from generate_series(1, 52) n`,
    );
    const many = await say('olga', 'who attic');
    await runSql(
      stage.ledgerUrl,
      `update requests set state = 'failed', ended_at = now() where view_id like 'many:%'`,
    );
    expect(all(many)).toContain('52 roles are granted on Attic');
    expect(all(many)).toContain(
      '… and 37 more. `hallpass status attic` where Hallpass runs prints all of them.',
    );
  });

  test('a Slack that says nothing is told of, and nothing is requested', async () => {
    // Nothing is remembered of anybody.
    await hallpass.stop();
    hallpass = await stage.startHallpass();
    slack.faults.order('users.info', { kind: 'error', error: 'internal_error' }, 100);
    expect((await say('ana', 'shop orders_read 15m why')).text).toMatch(
      /^Nothing was requested\. Slack did not say who you are/,
    );
    expect((await say('olga', 'who')).text).toMatch(/Slack did not say who you are/);
    slack.faults.clear();
    await waitFor(async () => (await say('olga', 'who')).text.startsWith('Hallpass has granted'), {
      what: 'Slack to say it again',
    });
    expect(slack.problems).toEqual([]);
  });
});
