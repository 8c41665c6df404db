/** The form says who will be asked as soon as a role is chosen, in the words of the card. */
import { describe, expect, onTestFinished, test } from 'vitest';
import { wordsOf } from '../../sandbox/slack/index.js';
import { CAST, GROUPS } from '../../sandbox/stage/cast.js';
import { all, card, fillForm } from '../../sandbox/stage/people.js';
import { KINDS, openStage } from '../support/stage.js';

const POLICIES = `policies:
  two: { approvals: [{ from: [dba] }, { from: [sre] }], more: [{ over: 1h, from: [leads] }] }
  risky: { more: [{ danger: write, from: [sre] }], on_call: { schedules: [PSCHED] } }
  easy: { automatic: { max: 15m, max_danger: read, hours: "Mon-Sun 00:00-24:00 UTC" } }
`;

describe.each(KINDS)('by $transport', async ({ transport, backend }) => {
  const stage = await openStage({
    ...{ transport, backend, ledgerApart: false },
    configure: (yaml) =>
      yaml
        .replace('groups: { ', 'groups: { leads: S0LEADS, ')
        .replace('policies:\n', POLICIES)
        .replace('orders_read: { policy: read', 'orders_read: { policy: two')
        .replace('orders_write: { policy: urgent', 'orders_write: { policy: risky')
        .replace('payments_read: { policy: read', 'payments_read: { policy: easy'),
  });
  const { slack } = stage;
  slack.workspace.addGroup({ id: 'S0LEADS', handle: 'leads', members: [CAST.eve] });
  await stage.startHallpass();

  async function formOf(name: 'ana' | 'cora', role: string, send = false): Promise<string> {
    await fillForm(slack, name, { role, duration: '15 minutes' });
    const says = wordsOf(slack.as(CAST[name]).openedView()?.blocks ?? []);
    if (!send) await slack.as(CAST[name]).closeView();
    return says;
  }

  test('it says the same as the card', async () => {
    const says = await formOf('ana', 'orders_read', true);
    expect(says).toContain('Needs 1 of <!subteam^S0DBA> and 1 of <!subteam^S0SRE>');
    expect(says).toContain('Longer than 1 hour it also needs 1 of <!subteam^S0LEADS>.');
    expect(says).not.toContain('can decide this now');
    expect((await slack.as(CAST.ana).submit()).outcome).toBe('closed');
    const shown = await slack.waitFor(
      () => /R-\d+/.exec(slack.as(CAST.ana).messages('dm').map(all).join())?.[0],
    );
    expect(all(await card(slack, shown, /Waiting/))).toContain(
      'Needs 1 of <!subteam^S0DBA> and 1 of <!subteam^S0SRE>',
    );
  });

  test('what the role can do, and what may approve it at once, are in it', async () => {
    const risky = await formOf('ana', 'orders_write');
    expect(risky).toContain('At once if you are on call, for up to 1 hour.');
    expect(risky).toContain('Needs 1 of <!subteam^S0DBA> and 1 of <!subteam^S0SRE>');
    const easy = await formOf('ana', 'payments_read');
    expect(easy).toContain('At once up to 15 minutes, Mon-Sun 00:00-24:00 UTC.');
    expect(easy).toContain('Asked to decide: <!subteam^S0DBA>');
  });

  test('a rule that only its requester can meet is said to them', async () => {
    const says = await formOf('cora', 'orders_read');
    expect(says).toMatch(
      /Nobody can decide this now:\W* only you are in <!subteam\^S0DBA> \(`dba`\), and nobody decides on their own request\./,
    );
    expect(says).not.toContain('operators are told');
  });

  test('groups that Slack does not tell of keep the form from nothing', async () => {
    onTestFinished(() => slack.faults.clear());
    slack.faults.order('usergroups.users.list', { kind: 'error', error: 'internal_error' }, 100);
    slack.workspace.setGroup(GROUPS.dba, { members: [CAST.cora] });
    const says = await formOf('ana', 'orders_read');
    expect(says).toContain('Needs 1 of <!subteam^S0DBA> and 1 of <!subteam^S0SRE>');
    expect(says).not.toContain('can decide this now');
  });
});
