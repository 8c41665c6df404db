/** Requests that several people decide: each counts once, under today's rules and groups, in whatever order they click. */
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { runSql } from '../../sandbox/postgres/server-access.js';
import { buttonsOf } from '../../sandbox/slack/index.js';
import { CAST, GROUPS } from '../../sandbox/stage/cast.js';
import {
  all,
  approveFor,
  card,
  click,
  clickAndHear,
  deny,
  request,
  told,
} from '../../sandbox/stage/people.js';
import { expectReads, granted } from '../support/access.js';
import { inLedger, untilInLedger } from '../support/requests.js';
import { KINDS, openStage } from '../support/stage.js';

const SECURITY = 'S0SECURITY';

/** Dan, through a second account that has his login, and one whose mail arrives at his. */
const DAN2 = 'U0DANTWO';
const DAN_PLUS = { id: 'U0DANPLUS', name: 'dan.plus', email: 'DAN+plus@example.com' } as const;

const POLICIES = `policies:
  pair: { approvals: [{ from: [dba], count: 2 }] }
  two: { approvals: [{ from: [dba] }, { from: [security] }], quiet: [${CAST.eve}] }
  long: { more: [{ over: 20m, from: [security] }], extend: { times: 1 } }
  risky: { more: [{ danger: write, from: [security] }] }
`;
const LONG = { duration: '15 minutes' };
const SECURITY_MENTION = `<!subteam\\^${SECURITY}>`;

describe.each(KINDS)('by $transport, with alarms in $backend', async (kind) => {
  const stage = await openStage({
    ...kind,
    ledgerApart: false,
    ordersAdmin: true,
    configure: (yaml) =>
      yaml
        .replace('people:\n', `people:\n  ${DAN2}: { login: dan }\n`)
        .replace('orders_admin: { policy: read', 'orders_admin: { policy: pair')
        .replace('groups: { ', `groups: { security: ${SECURITY}, `)
        .replace('policies:\n', POLICIES)
        .replace('orders_read: { policy: read', 'orders_read: { policy: two')
        .replace('orders_write: { policy: urgent', 'orders_write: { policy: risky')
        .replace('payments_read: { policy: read', 'payments_read: { policy: long'),
  });
  const { slack, ledgerUrl } = stage;
  const { workspace } = slack;
  let hallpass = await stage.startHallpass();
  const restart = async () => {
    await hallpass.stop();
    hallpass = await stage.startHallpass();
  };
  beforeAll(() => {
    workspace.addPerson({ id: DAN2, name: 'dan.two' });
    workspace.addPerson(DAN_PLUS);
    workspace.setGroup(GROUPS.dba, { members: [CAST.cora, CAST.dan] });
    workspace.addGroup({ id: SECURITY, handle: 'security', members: [CAST.olga, CAST.dan] });
  });
  const waiting = (id: string, says: RegExp) => card(slack, id, says);

  test('both groups approve, in any order; the card counts; a second click counts nothing', async () => {
    const id = await request(slack, 'ana', { role: 'orders_read', ...LONG });
    const shown = await waiting(id, /Needs 1 of <!subteam\^S0DBA> and 1 of <!subteam\^S0SECURITY>/);
    expect(all(shown)).not.toContain(CAST.eve);
    await told(slack, 'ana', id, /Needs 1 of/);
    // Dan could serve either rule: whoever comes next finds the other one free.
    await click(slack, 'dan', shown, 'Approve');
    const partly = await waiting(id, /1 of 2: <@U0DAN> \((?:dba|security)\); still needed: 1 of/);
    expect((await inLedger(stage, id)).state).toBe('pending');
    expect(await clickAndHear(slack, 'dan', partly, 'Approve')).toMatch(
      new RegExp(`^You have already approved ${id}. Still needed: 1 of`),
    );
    slack.faults.duplicateNext();
    await click(slack, 'cora', partly, 'Approve');
    await told(slack, 'ana', id, /psql/);
    await expectReads(stage, 'ana', 'orders_read');
    const done = await waiting(id, /Granted until/);
    expect(all(done)).toMatch(/Approved by <@U0DAN> \(security\), <@U0CORA> \(dba\)/);
    await click(slack, 'cora', done, 'End access');
    await waiting(id, /Ended/);
  });

  test('one who is in no rule decides nothing, a quiet one may, and one Deny ends it', async () => {
    const id = await request(slack, 'ana', { role: 'orders_read', ...LONG });
    const shown = await waiting(id, /Needs 1 of/);
    expect(await clickAndHear(slack, 'ben', shown, 'Approve')).toContain(`can't decide ${id}`);
    expect(await clickAndHear(slack, 'ana', shown, 'Approve')).toContain('your own request');
    await click(slack, 'eve', shown, 'Approve');
    const partly = await waiting(id, /1 of 2: <@U0EVE>; still needed: 1 of/);
    await deny(slack, 'olga', partly);
    await waiting(id, /Denied by <@U0OLGA>/);
    expect(await granted(stage)).toEqual([]);
  });

  test('two accounts of one person, by login or by mailbox, are one approval of two', async () => {
    onTestFinished(() => {
      workspace.setGroup(GROUPS.dba, { members: [CAST.cora, CAST.dan] });
      return restart();
    });
    workspace.setGroup(GROUPS.dba, { members: [CAST.cora, CAST.dan, DAN2, DAN_PLUS.id] });
    await restart();
    const id = await request(slack, 'ana', { role: 'orders_admin', ...LONG });
    await click(slack, 'dan', await waiting(id, /Needs 2 of <!subteam\^S0DBA>/), 'Approve');
    const partly = await waiting(id, /1 of 2: <@U0DAN>/);
    for (const account of [DAN2, DAN_PLUS.id]) {
      const person = slack.as(account);
      await person.click(partly, 'Approve');
      const heard = await slack.waitFor(() =>
        person.messages(partly.channel).find(({ ephemeral, text }) => ephemeral && text.includes(id)),
      );
      expect(heard.text).toMatch(
        new RegExp(`^Another account of yours has already approved ${id}, and each person counts once.`),
      );
    }
    expect(await inLedger(stage, id)).toMatchObject({ state: 'pending' });
    expect(await granted(stage)).toEqual([]);
    await click(slack, 'cora', await waiting(id, /1 of 2: <@U0DAN>/), 'Approve');
    await untilInLedger(stage, id, 'active');
    await click(slack, 'cora', await waiting(id, /Granted until/), 'End access');
    await waiting(id, /Ended/);
  });

  test('who left the group since does not count any more', async () => {
    onTestFinished(() => {
      workspace.setGroup(GROUPS.dba, { members: [CAST.cora, CAST.dan] });
      return restart();
    });
    const id = await request(slack, 'ana', { role: 'orders_read', ...LONG });
    await click(slack, 'cora', await waiting(id, /Needs 1 of/), 'Approve');
    await waiting(id, /1 of 2: <@U0CORA>/);
    workspace.setGroup(GROUPS.dba, { members: [CAST.dan] });
    await restart();
    await click(slack, 'olga', await waiting(id, /1 of 2/), 'Approve');
    const partly = await waiting(id, /1 of 2: <@U0OLGA> \(security\); still needed: 1 of <!subteam\^S0DBA>/);
    expect(await granted(stage)).toEqual([]);
    await click(slack, 'dan', partly, 'Approve');
    await untilInLedger(stage, id, 'active');
    await click(slack, 'dan', await waiting(id, /Granted until/), 'End access');
    await waiting(id, /Ended/);
  });

  test('what Slack does not say loses no approval, and is no yes', async () => {
    onTestFinished(() => slack.faults.clear());
    const id = await request(slack, 'ana', { role: 'orders_read', ...LONG });
    await click(slack, 'cora', await waiting(id, /Needs 1 of/), 'Approve');
    const partly = await waiting(id, /1 of 2: <@U0CORA>/);
    slack.faults.order('usergroups.users.list', { kind: 'error', error: 'internal_error' }, 100);
    await restart();
    expect(await clickAndHear(slack, 'eve', partly, 'Approve')).toMatch(/Slack did not say who is in/);
    slack.faults.clear();
    await restart();
    await click(slack, 'olga', await waiting(id, /1 of 2: <@U0CORA>/), 'Approve');
    await untilInLedger(stage, id, 'active');
    await click(slack, 'cora', await waiting(id, /Granted until/), 'End access');
    await waiting(id, /Ended/);
  });

  test('a longer request, and a more dangerous role, need more', async () => {
    const brief = await request(slack, 'ana', { role: 'payments_read', ...LONG });
    await click(slack, 'cora', await waiting(brief, /Can decide/), 'Approve');
    await untilInLedger(stage, brief, 'active');
    await click(slack, 'cora', await waiting(brief, /Granted/), 'End access');
    await waiting(brief, /Ended/);
    const long = await request(slack, 'ana', { role: 'payments_read', duration: '1 hour' });
    await click(slack, 'cora', await waiting(long, /Needs 1 of .*S0DBA.* and 1 of .*S0SECURITY/), 'Approve');
    const partly = await waiting(long, new RegExp(`still needed: 1 of ${SECURITY_MENTION}`));
    await click(slack, 'olga', partly, 'Approve');
    await untilInLedger(stage, long, 'active');
    const risky = await request(slack, 'ana', { role: 'orders_write', ...LONG });
    await waiting(risky, /Needs 1 of .*S0DBA.* and 1 of .*S0SECURITY/);
    await click(slack, 'cora', await waiting(long, /Granted/), 'End access');
    await waiting(long, /Ended/);
    await deny(slack, 'cora', await waiting(risky, /Needs/));
    await waiting(risky, /Denied/);
  });

  test('what was approved for less is extended by as long as it was granted for', async () => {
    const id = await request(slack, 'ana', { role: 'payments_read', duration: '1 hour' });
    await approveFor(slack, 'cora', await waiting(id, /Needs/), '15 minutes');
    const note = await told(slack, 'ana', id, /psql/);
    expect(JSON.stringify((await waiting(id, /Granted until/)).blocks)).toContain('for 15 minutes from now');
    await runSql(ledgerUrl, "update requests set expires_at = now() + interval '4 minutes' where id = $1", [
      id.slice(2),
    ]);
    await click(slack, 'ana', note, 'Extend');
    const asked = await waiting(id, /Granted until[\s\S]*asked .* to extend it by 15 minutes\.\nCan decide/);
    await click(slack, 'cora', asked, 'Approve extension');
    const extended = await told(slack, 'ana', id, /^Extended until/);
    const { expires_at } = await inLedger(stage, id);
    expect(Math.abs((expires_at?.getTime() ?? 0) - Date.now() - 15 * 60_000)).toBeLessThan(60_000);
    await click(slack, 'ana', extended, 'Relinquish');
    await waiting(id, /Ended/);
  });

  test('the holder asks for more time; approvers decide on the card; the policy limits it', async () => {
    const id = await request(slack, 'ana', { role: 'payments_read', ...LONG });
    await click(slack, 'cora', await waiting(id, /Can decide/), 'Approve');
    await told(slack, 'ana', id, /psql/);
    await runSql(ledgerUrl, "update requests set expires_at = now() + interval '4 minutes' where id = $1", [
      id.slice(2),
    ]);
    const before = (await inLedger(stage, id)).expires_at;
    slack.faults.duplicateNext();
    await click(slack, 'ana', await told(slack, 'ana', id, /psql/), 'Extend');
    const asked = await waiting(id, /Granted until[\s\S]*<@U0ANA> asked .* to extend it by 15 minutes/);
    expect(buttonsOf(asked.blocks)).toEqual(['Approve extension', 'Deny extension', 'End access']);
    await slack.waitFor(() =>
      slack
        .as(CAST.cora)
        .messages(asked.channel)
        .find((message) => /asks to extend/.test(message.text) && message.text.includes('S0DBA')),
    );
    expect(buttonsOf((await told(slack, 'ana', id, /You asked .* to extend it/)).blocks)).toEqual([
      'Relinquish',
    ]);
    expect((await inLedger(stage, id)).expires_at).toEqual(before);
    await deny(slack, 'cora', asked, undefined, 'Deny extension');
    await told(slack, 'ana', id, /Your extension was denied by <@U0CORA>/);
    expect((await inLedger(stage, id)).expires_at).toEqual(before);

    await click(slack, 'ana', await told(slack, 'ana', id, /extension was denied/), 'Extend');
    await click(
      slack,
      'cora',
      await waiting(id, /Granted until[\s\S]*asked .* to extend it/),
      'Approve extension',
    );
    const extended = await told(slack, 'ana', id, /^Extended until/);
    await waiting(id, /Extended by <@U0CORA> <!date[^>]*>\./);
    expect((await inLedger(stage, id)).expires_at?.getTime()).toBeGreaterThan(before?.getTime() ?? 0);
    await runSql(ledgerUrl, "update requests set expires_at = now() + interval '4 minutes' where id = $1", [
      id.slice(2),
    ]);
    expect(await clickAndHear(slack, 'ana', extended, 'Extend')).toMatch(
      /can’t be extended again: it was extended 1 time/,
    );
    await click(slack, 'ana', extended, 'Relinquish');
    await waiting(id, /Ended/);
  });
});
