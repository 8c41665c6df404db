/** Deciding, lending, taking back: what people see in Slack, and what SQL says. */
import { describe, expect, it } from 'vitest';
import { runSql } from '../../sandbox/postgres/server-access.js';
import { buttonsOf, wordsOf } from '../../sandbox/slack/index.js';
import { CAST, CHANNELS, GROUPS } from '../../sandbox/stage/cast.js';
import {
  all,
  card,
  click,
  clickAndHear,
  messagesOf,
  request,
  submitRequest,
  told,
} from '../../sandbox/stage/people.js';
import {
  ANA2,
  approved,
  eventsOf,
  isRefused,
  itEndsWell,
  ORDERS,
  relinquished,
  useWorld,
  WORLDS,
} from './world.js';

describe.each(WORLDS)('deciding, by $transport, with alarms in $backend', (kind) => {
  const use = useWorld(kind);

  it('from the wish to the revocation, everybody is told and every state is shown', async () => {
    const { stage, slack } = use();
    const heardBefore = slack.as(CAST.cora).notifications().length;
    const id = await request(slack, 'ana', { role: 'orders_read', duration: '1 hour', reason: 'ticket 812' });
    const pending = await card(slack, id, /Waiting for approval/);
    expect(buttonsOf(pending.blocks)).toEqual(['Approve', 'Deny']);
    // The push notification stands alone.
    for (const fact of [
      CAST.ana,
      'orders_read',
      'Shop',
      'production',
      '1 hour',
      'ticket 812',
      id,
      GROUPS.dba,
    ]) {
      expect(pending.text).toContain(fact);
    }
    const status = await told(slack, 'ana', id, /Asked to decide/);
    expect(buttonsOf(status.blocks)).toEqual(['Cancel request']);
    await isRefused(use(), ORDERS);

    await click(slack, 'cora', pending, 'Approve');
    const note = await told(slack, 'ana', id, /psql/);
    expect(buttonsOf(note.blocks)).toEqual(['Relinquish']);
    expect(all(note)).toMatch(/<!date\^\d+\^/);
    expect(await stage.sqlAs('ana', ORDERS)).toHaveLength(40);
    const granted = await card(slack, id, /Granted until/);
    expect(all(granted)).toContain(`Approved by <@${CAST.cora}>`);
    expect(buttonsOf(granted.blocks)).toEqual(['End access']);
    const [row] = await stage.server.query(
      `select m.admin_option, m.inherit_option, m.set_option, m.grantor::regrole::text as grantor
         from pg_auth_members m where m.roleid = 'orders_read'::regrole and m.member = 'ana'::regrole`,
    );
    expect(row).toEqual({
      admin_option: false,
      inherit_option: true,
      set_option: false,
      grantor: 'hallpass',
    });

    await relinquished(use(), 'ana', id, note);
    await isRefused(use(), ORDERS);
    const ended = await card(slack, id, /Ended: relinquished/);
    expect(buttonsOf(ended.blocks)).toEqual([]);
    for (const message of messagesOf(slack, 'ana').filter((m) => all(m).includes(id))) {
      await slack.waitFor(() =>
        messagesOf(slack, 'ana').find((m) => m.ts === message.ts && buttonsOf(m.blocks).length === 0),
      );
    }
    // One phone call for the approver; submitted, granted and ended for the requester.
    expect(slack.as(CAST.cora).notifications().length - heardBefore).toBe(1);
    const rang = () =>
      slack
        .as(CAST.ana)
        .notifications()
        .filter(({ text, why }) => why === 'direct message' && text.includes(id));
    await slack.waitFor(() => rang().length === 3);
    expect((await eventsOf(use(), id)).map((e) => e.kind)).toEqual([
      'submitted',
      'approved',
      'grant_intended',
      'granted',
      'relinquished',
      'proved_gone',
    ]);
  });

  it('a decision keeps the policy as evaluated, the configuration and the group', async () => {
    const { id, note } = await approved(use(), 'ana', { role: 'orders_read' });
    const decision = (await eventsOf(use(), id)).find((e) => e.kind === 'approved');
    expect(decision).toMatchObject({
      actor: CAST.cora,
      data: {
        via: 'dba',
        configHash: expect.stringMatching(/^[0-9a-f]{64}$/),
        policy: { approvers: [{ id: GROUPS.dba, name: 'dba' }], maxMs: 4 * 3_600_000 },
      },
    });
    await relinquished(use(), 'ana', id, note);
  });

  it('only approvers decide, never on their own request, nor through a second account', async () => {
    const { slack } = use();
    const id = await request(slack, 'ana', { role: 'orders_read' });
    const pending = await card(slack, id, /Waiting/);
    expect(await clickAndHear(slack, 'eve', pending, 'Approve')).toMatch(
      new RegExp(`can't decide.*${GROUPS.dba}`),
    );
    expect(await clickAndHear(slack, 'ana', pending, 'Approve')).toContain('your own request');
    const second = slack.as(ANA2);
    await second.click(pending, 'Approve');
    await slack.waitFor(() =>
      second.messages(CHANNELS.access).some((m) => m.ephemeral && m.text.includes('counts as your own')),
    );
    slack.workspace.addPerson({ id: 'U0GUEST', name: 'guest', guest: 'multi_channel' });
    slack.workspace.setChannel(CHANNELS.access, {
      members: [...(slack.workspace.channel(CHANNELS.access)?.members ?? []), 'U0GUEST'],
    });
    const guest = slack.as('U0GUEST');
    await guest.click(pending, 'Approve');
    await slack.waitFor(() =>
      guest.messages(CHANNELS.access).some((m) => m.ephemeral && m.text.includes('Guests')),
    );
    await card(slack, id, /Waiting for approval/);

    await click(slack, 'cora', pending, 'Deny');
    expect(all(await told(slack, 'ana', id, /Denied/))).toContain(`<@${CAST.cora}>`);
    expect(buttonsOf((await card(slack, id, /Denied by/)).blocks)).toEqual([]);
    expect(await clickAndHear(slack, 'olga', pending, 'Approve')).toContain('already denied');
    await isRefused(use(), ORDERS);
  });

  it('two approvers at once and a double click make one decision', async () => {
    const { slack } = use();
    const id = await request(slack, 'ana', { role: 'orders_read' });
    const pending = await card(slack, id, /Waiting/);
    slack.faults.duplicateNext();
    await Promise.all([
      slack.as(CAST.cora).click(pending, 'Approve'),
      slack.as(CAST.olga).click(pending, 'Deny'),
      slack.as(CAST.cora).click(pending, 'Approve'),
    ]);
    await card(slack, id, /Granted until|Denied by/);
    const decided = (await eventsOf(use(), id)).filter((e) => e.kind === 'approved' || e.kind === 'denied');
    expect(decided).toHaveLength(1);
    if (decided[0]?.kind === 'approved')
      await relinquished(use(), 'ana', id, await told(slack, 'ana', id, /psql/));
  });

  it('approvers and operators end access; others may not', async () => {
    const { slack } = use();
    const { id } = await approved(use(), 'ana', { role: 'orders_read' });
    const active = await card(slack, id, /End access/);
    expect(await clickAndHear(slack, 'eve', active, 'End access')).toContain("can't end this access");
    await click(slack, 'olga', active, 'End access');
    expect(all(await told(slack, 'ana', id, /^Ended by/))).toContain(`<@${CAST.olga}>`);
    await isRefused(use(), ORDERS);
    expect(await clickAndHear(slack, 'cora', active, 'End access')).toContain('Nothing is lent');
  });

  it('time that is up is taken back, and said; about-to-expire is said before', async () => {
    const { stage, slack } = use();
    const { id } = await approved(use(), 'ana', { role: 'orders_read', duration: '15 minutes' });
    // The last minutes are not waited for: the ledger is told that they have come.
    await runSql(stage.ledgerUrl, 'update requests set warn_at = now() where id = $1', [id.slice(2)]);
    await slack.waitFor(
      () =>
        messagesOf(slack, 'ana').some((m) => m.text.startsWith('Your access ends') && m.text.includes(id)),
      40_000,
    );
    await runSql(stage.ledgerUrl, 'update requests set expires_at = now() where id = $1', [id.slice(2)]);
    await slack.waitFor(
      () =>
        messagesOf(slack, 'ana').some((m) => /Ended: its time was up/.test(m.text) && m.text.includes(id)),
      40_000,
    );
    await isRefused(use(), ORDERS);
  });

  it('on call is approved at once, for an hour; when PagerDuty cannot say, the ordinary way, and why', async () => {
    const { stage, slack } = use();
    const id = await request(slack, 'dan', { role: 'orders_write', duration: '4 hours' });
    const note = await told(slack, 'dan', id, /psql/);
    expect(all(await card(slack, id, /Granted \(on call\)/))).toContain('shortened to 1 hour');
    const [row] = await runSql<{ hours: number }>(
      stage.ledgerUrl,
      `select extract(epoch from expires_at - granted_at)::int / 3600 as hours from requests where id = $1`,
      [id.slice(2)],
    );
    expect(row).toEqual({ hours: 1 });
    expect((await eventsOf(use(), id)).find((e) => e.kind === 'approved_on_call')).toMatchObject({
      data: { through: expect.stringContaining('PSCHED'), policy: expect.any(Object) },
    });
    await relinquished(use(), 'dan', id, note);

    for (const fault of [
      { kind: 'hang' },
      { kind: 'status', status: 500 },
      { kind: 'rate_limited', reset: 60 },
    ] as const) {
      stage.pagerduty.faults.order('*', fault, 10);
      const ordinary = await request(slack, 'dan', { role: 'orders_write' });
      const pending = await card(slack, ordinary, /Waiting/);
      expect(wordsOf(pending.blocks)).toMatch(/Not approved by on call: .*PagerDuty/);
      stage.pagerduty.faults.clear();
      // Asked for again, on call is asked again.
      expect(await submitRequest(slack, 'dan', { role: 'orders_write' })).toEqual({
        'role:shop': expect.any(String),
      });
      await relinquished(use(), 'dan', ordinary, await told(slack, 'dan', ordinary, /psql/));
    }
  });

  itEndsWell(use);
});
