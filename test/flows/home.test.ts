/** App Home, as people see it: it shows what the ledger says, and its buttons do what those of messages do. */
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { runSql } from '../../sandbox/postgres/server-access.js';
import { CAST, CHANNELS, GROUPS } from '../../sandbox/stage/cast.js';
import { askInEmergency } from '../../sandbox/stage/emergency.js';
import { card, click, messagesOf, type Name, request, told } from '../../sandbox/stage/people.js';
import { expectReads, isRefused } from '../support/access.js';
import { clickHome, homeButtons, homeOf, homeSays, homeSaysNot, openHome } from '../support/homes.js';
import { changeInLedger, inLedger, LONG, untilAllSent, untilInLedger } from '../support/requests.js';
import { KINDS, openStage } from '../support/stage.js';
import { clearAway } from './life/stage.js';

const WISH = { role: 'orders_read', ...LONG } as const;
const SECURITY = 'S0SEC';

describe.each(KINDS)('$transport', async (kind) => {
  const stage = await openStage({
    ...kind,
    ledgerApart: false,
    configure: (yaml) =>
      yaml
        .replace('groups: { ', `groups: { security: ${SECURITY}, `)
        .replace('read: {}', 'read: { repeat: 7d }')
        .replace(
          'orders_write: {',
          `orders_write: { break_glass: { who: [${CAST.ben}], max: 1h, review: [security] },`,
        ),
  });
  const { slack } = stage;
  const { workspace } = slack;

  beforeAll(async () => {
    workspace.setGroup(GROUPS.dba, { members: [CAST.cora, CAST.dan] });
    workspace.addGroup({ id: SECURITY, handle: 'security', members: [CAST.sam] });
    await stage.startHallpass();
    for (const name of ['ana', 'ben', 'cora', 'dan', 'sam', 'eve'] as const) await openHome(stage, name);
  });
  afterEach(async ({ task }) => {
    slack.faults.clear();
    if (task.result?.state === 'fail') await clearAway(stage);
    await untilAllSent(stage);
    expect(slack.problems).toEqual([]);
  });

  const shows = (name: Name, says: RegExp) => homeSays(stage, name, says);
  const button = (name: Name, label: string, value?: string) => clickHome(stage, name, label, value);
  const about = (id: string) => new RegExp(`${id}\\b`);
  /** Ana holds it. @returns the request's id */
  async function holds(): Promise<string> {
    const id = await request(slack, 'ana', WISH);
    await shows('cora', about(id));
    await button('cora', 'Approve', id);
    await shows('ana', new RegExp(`What you hold[\\s\\S]*psql[\\s\\S]*${id}`));
    return id;
  }

  test('an engineer and an approver see one request each on their own Home, to its end', async () => {
    expect(homeOf(stage, 'ana')).toMatch(
      /^What you hold\nNothing at the moment\.\nWhat you can ask for\nRoles on Shop/,
    );
    const id = await request(slack, 'ana', { ...WISH, reason: 'ticket <!channel> 812' });
    await shows('ana', /What you asked for\n[^\n]*orders_read[^\n]*Waiting for approval/);
    const waiting = await shows(
      'cora',
      new RegExp(`Waiting for you[\\s\\S]*archives/${CHANNELS.access}/p\\d+\\|${id}`),
    );
    expect(waiting).toMatch(/<@U0ANA> asked for `orders_read` on Shop \(production\) for 15 minutes\./);
    expect(waiting).toContain('Reason: ticket <!channel> 812');
    await shows('cora', /\*Access:\* reads \d+ tables?/);
    expect(homeButtons(stage, 'cora')).toEqual(expect.arrayContaining(['Approve', 'Deny']));
    // Who can't decide sees nothing of it, and it isn't the requester's to decide.
    for (const name of ['eve', 'ben', 'ana', 'sam'] as const) {
      expect(homeOf(stage, name)).not.toContain('Waiting for you');
    }

    await button('cora', 'Approve', id);
    const held = await shows('ana', /What you hold[\s\S]*orders_read[\s\S]*psql "host=/);
    expect(held).toMatch(/:unlock: \*`orders_read`\* on Shop \(production\) until <!date\^/);
    expect(homeButtons(stage, 'ana').slice(0, 2)).toEqual(['Relinquish', 'Extend']);
    await homeSaysNot(stage, 'cora', about(id));
    await homeSaysNot(stage, 'dan', about(id));
    await card(slack, id, /Granted/);
    await expectReads(stage, 'ana', 'orders_read');

    await button('ana', 'Relinquish', id);
    await shows('ana', /What you hold\nNothing at the moment\.[\s\S]*Ended: relinquished by you/);
    await told(slack, 'ana', id, /relinquished by you/);
    expect(await isRefused(stage, 'ana', 'orders_read')).toBe(true);
  });

  test('an approver approves for less, and denies with a reason, from Home', async () => {
    const first = await request(slack, 'ana', { role: 'orders_read', duration: '1 hour' });
    await shows('cora', about(first));
    await slack.as(CAST.cora).choose('request_approve_for', 'Approve for 15 minutes', 'home');
    await shows('ana', new RegExp(`psql[\\s\\S]*${first}`));
    expect(await inLedger(stage, first)).toMatchObject({ state: 'active' });
    await button('ana', 'Relinquish', first);
    await untilInLedger(stage, first, 'ended');

    const second = await request(slack, 'ben', WISH);
    await shows('dan', about(second));
    await button('dan', 'Deny', second);
    await slack.waitFor(() => slack.as(CAST.dan).openedView()?.callbackId === 'request_deny_submit');
    await slack.as(CAST.dan).fill('Reason', 'ask for less');
    expect(await slack.as(CAST.dan).submit()).toEqual({ outcome: 'closed' });
    await shows('ben', /What you asked for[\s\S]*Denied by <@U0DAN>/);
    await homeSaysNot(stage, 'cora', about(second));
    await card(slack, second, /Denied by <@U0DAN>[\s\S]*ask for less/);
  });

  test('an extension is asked for and approved on Home', async () => {
    const id = await holds();
    // Ten minutes later.
    const earlier = (column: string) => `${column} = ${column} - interval '10 min'`;
    await changeInLedger(stage, id, `${earlier('granted_at')}, ${earlier('expires_at')}`);
    await button('ana', 'Extend', id);
    await shows('ana', /You asked <!date[^\n]*to extend it/);
    await shows('dan', new RegExp(`${id}>?: :hourglass_flowing_sand: <@U0ANA> asked`));
    await button('dan', 'Approve extension', id);
    await homeSaysNot(stage, 'dan', about(id));
    await card(slack, id, /Extended by <@U0DAN>/);
    await homeSaysNot(stage, 'ana', /You asked <!date[^\n]*to extend it/);
    await button('ana', 'Relinquish', id);
    await untilInLedger(stage, id, 'ended');
  });

  test('what was approved again is listed for its holder and its approver, and ended by either', async () => {
    for (const name of ['ana', 'cora'] as const) {
      const id = await holds();
      await slack
        .as(CAST.cora)
        .choose('repeat_make', 'The same again today', await card(slack, id, /Granted/));
      await shows(
        'ana',
        /Approved again[\s\S]*You get \*`orders_read`\* on Shop[\s\S]*approved by <@U0CORA>/,
      );
      await shows('cora', /Approved again[\s\S]*<@U0ANA> gets \*`orders_read`\*[\s\S]*approved by you/);
      expect(homeOf(stage, 'dan')).not.toContain('Approved again');
      await button('ana', 'Relinquish', id);
      await shows('ana', /What you hold\nNothing/);
      await button(name, 'End repeat', id);
      for (const each of ['ana', 'cora'] as const) await homeSaysNot(stage, each, /Approved again/);
      await card(slack, id, /ended by <@/);
    }
    const id = await holds();
    await slack.as(CAST.cora).choose('repeat_make', 'The same again today', await card(slack, id, /Granted/));
    await shows('cora', /Approved again/);
    await runSql(
      stage.ledgerUrl,
      `with r as (update repeats set until = now() + interval '2 s' where ended_at is null)
       update homes set wanted = wanted + 1`,
    );
    await button('ana', 'Relinquish', id);
    await homeSaysNot(stage, 'cora', /Approved again/);
    await untilInLedger(stage, id, 'ended');
  });

  test('a reviewer says on Home whether an emergency was justified', async () => {
    expect((await askInEmergency(slack, 'ben', { role: 'orders_write', ...LONG })).outcome).toBe('pushed');
    expect(await slack.as(CAST.ben).submit()).toEqual({ outcome: 'cleared' });
    const held = await shows('ben', /What you hold[\s\S]*:rotating_light:[\s\S]*R-\d+/);
    const id = /What you hold[\s\S]*?(R-\d+)/.exec(held)?.[1] ?? '';
    await shows('sam', new RegExp(`Emergencies to review[\\s\\S]*${id}: <@U0BEN> used emergency access`));
    expect(homeOf(stage, 'cora')).not.toContain('Emergencies to review');
    await button('sam', 'Not justified', id);
    await slack.waitFor(() => slack.as(CAST.sam).openedView()?.callbackId === 'emergency_judge');
    await slack.as(CAST.sam).fill('Not justified: why?', 'it was Sunday');
    expect(await slack.as(CAST.sam).submit()).toEqual({ outcome: 'closed' });
    await homeSaysNot(stage, 'sam', /Emergencies to review/);
    await button('ben', 'Relinquish', id);
    await untilInLedger(stage, id, 'ended');
  });

  test('a stale button answers on the Home what is true now', async () => {
    const id = await request(slack, 'ana', WISH);
    await shows('cora', about(id));
    await shows('ana', about(id));
    const seen = (name: Name) => {
      const home = slack.as(CAST[name]).home();
      if (home === undefined) throw new Error(`${name} sees no Home`);
      return (label: string) => slack.as(CAST[name]).click('home', label, { value: id, seen: home.blocks });
    };
    const [coras, anas] = [seen('cora'), seen('ana')];
    await click(slack, 'dan', await card(slack, id, /Waiting/), 'Approve');
    await untilInLedger(stage, id, 'active');
    await coras('Approve');
    await shows('cora', new RegExp(`^:information_source: [^\\n]*${id}[^\\n]*`));
    expect(homeOf(stage, 'cora')).not.toContain('Waiting for you');
    await anas('Cancel request');
    await shows('ana', new RegExp(`^:information_source: [\\s\\S]*What you hold[\\s\\S]*psql[\\s\\S]*${id}`));
    await button('ana', 'Relinquish', id);
    await shows('ana', /What you hold\nNothing/);
    // Opened again, it says no more of it.
    slack.as(CAST.cora).openHome();
    await homeSaysNot(stage, 'cora', /information_source/);
    expect(messagesOf(slack, 'cora').filter(({ text }) => text.includes(id))).toEqual([]);
  });

  test('the form opens from Home, for the instance that was searched for', async () => {
    await button('ana', 'Request access');
    await slack.waitFor(() => slack.as(CAST.ana).openedView()?.callbackId === 'request_submit');
    await slack.as(CAST.ana).closeView();
    for (const _ of [1, 2]) {
      await slack.as(CAST.ana).choose('home_target', 'shop', 'home');
      await slack.waitFor(() =>
        slack
          .as(CAST.ana)
          .openedView()
          ?.blocks.some(({ block_id }) => block_id === 'role:shop'),
      );
      await slack.as(CAST.ana).closeView();
      // It can be chosen once more.
      await slack.waitFor(() => !JSON.stringify(slack.as(CAST.ana).home()?.values ?? {}).includes('"shop"'));
    }
  });

  test('long lists have pages, and a page that is gone is the last one', async () => {
    const ids: string[] = [];
    const roles = ['orders_read', 'orders_write', 'payments_read'];
    for (const role of roles) ids.push(await request(slack, 'ana', { role, ...LONG }));
    for (const role of roles.slice(0, 2)) ids.push(await request(slack, 'ben', { role, ...LONG }));
    ids.push(await request(slack, 'dan', { role: 'orders_read', ...LONG }));
    await shows('cora', /Waiting for you \(6, page 1 of 2\)/);
    await button('cora', 'Next');
    const last = await shows('cora', /Waiting for you \(6, page 2 of 2\)/);
    expect(last).toMatch(about(ids[5] ?? ''));
    expect(last).not.toMatch(about(ids[0] ?? ''));
    for (const id of ids.slice(0, 3)) await button('ana', 'Cancel request', id);
    const rest = await shows('cora', /Waiting for you \(3\)/);
    for (const id of ids.slice(3)) expect(rest).toMatch(about(id));
    for (const id of ids.slice(3, 5)) await button('ben', 'Cancel request', id);
    await button('dan', 'Cancel request', ids[5]);
    await homeSaysNot(stage, 'cora', /Waiting for you/);
    await shows('ana', /What you asked for \(\d+(, page 1 of \d+)?\)[\s\S]*Canceled by you/);
  });

  test('a guest sees what is theirs, and why there is no more', async () => {
    workspace.setPerson(CAST.eve, { guest: 'multi_channel' });
    await slack.announce(CAST.eve);
    await shows('eve', /^:warning: Guest accounts can’t request or approve access[\s\S]*What you hold/);
    expect(homeOf(stage, 'eve')).not.toContain('What you can ask for');
    workspace.setPerson(CAST.eve, { guest: 'no' });
    await slack.announce(CAST.eve);
    await homeSaysNot(stage, 'eve', /Guest accounts/);
  });

  test('who joins a group sees what waits for it, and who leaves it no longer does', async () => {
    const id = await request(slack, 'ana', WISH);
    await shows('cora', about(id));
    workspace.setGroup(GROUPS.dba, { members: [CAST.cora, CAST.dan, CAST.eve] });
    await slack.announce(GROUPS.dba);
    await shows('eve', new RegExp(`Waiting for you[\\s\\S]*${id}`));
    workspace.setGroup(GROUPS.dba, { members: [CAST.cora, CAST.dan] });
    await slack.announce(GROUPS.dba);
    await homeSaysNot(stage, 'eve', about(id));
    await button('ana', 'Cancel request', id);
    await homeSaysNot(stage, 'cora', about(id));
  });
});
