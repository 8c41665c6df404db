/** Nobody decides: who is told, one step after another, as people see it; and nothing lapses before the last step. */
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { runSql } from '../../sandbox/postgres/server-access.js';
import { CAST, CHANNELS, GROUPS } from '../../sandbox/stage/cast.js';
import { all, card, click, deny, messagesOf, type Name, request, told } from '../../sandbox/stage/people.js';
import { metric } from '../support/ops-port.js';
import { untilAllEnded, untilAllSent, untilInLedger } from '../support/requests.js';
import { KINDS, openStage } from '../support/stage.js';

/** Longer than a heartbeat, and than two steps are apart. */
const BEAT_MS = 25_000;
/** In seconds; the clock is read a moment before an event is written. */
const APART = 14.5;
const BRIEF = { otherDuration: '15m' } as const;

const LADDER = `pending_timeout: 2h, escalate: [{ after: 10m, remind: true }, { after: 30m, to: [sre] }, { after: 1h, page: true }],`;

describe.each(KINDS)('$transport', async (kind) => {
  const stage = await openStage({
    ...kind,
    ledgerApart: false,
    configure: (yaml) =>
      yaml
        .replace('orders_read: {', `orders_read: { ${LADDER}`)
        .replace(
          'payments_read: {',
          `payments_read: { notify: approvers, quiet: [${CAST.dan}], approvers: [dba, ${CAST.ben}],`,
        ),
  });
  let hallpass: Awaited<ReturnType<typeof stage.startHallpass>>;
  beforeAll(async () => {
    hallpass = await stage.startHallpass();
  });
  afterEach(async () => {
    const { slack, ledgerUrl } = stage;
    slack.workspace.setGroup(GROUPS.dba, { members: [CAST.cora] });
    await runSql(
      ledgerUrl,
      "update requests set step_at = null, step_told_at = null, pending_until = now() where state = 'pending'",
    );
    await untilAllEnded(stage);
    await untilAllSent(stage);
    expect(slack.problems).toEqual([]);
  });

  /** As if it had been asked for so much earlier. */
  async function turn(id: string, by: string): Promise<void> {
    await runSql(
      stage.ledgerUrl,
      `update requests set created_at = created_at - $2::interval, pending_until = pending_until - $2::interval,
         step_at = step_at - $2::interval, step_told_at = step_told_at - $2::interval where id = $1`,
      [id.slice('R-'.length), by],
    );
  }
  /** The own lines of the requester about steps. */
  const lines = async (name: Name, id: string) =>
    messagesOf(stage.slack, name)
      .filter((message) => message.text.startsWith(`${id}: `))
      .map(({ text }) => text);
  async function untilLine(name: Name, id: string, says: RegExp): Promise<void> {
    const { slack } = stage;
    await slack.waitFor(
      () => messagesOf(slack, name).some(({ text }) => text.startsWith(`${id}: `) && says.test(text)),
      BEAT_MS,
    );
  }

  test('each step is told to approvers and requester, and then it lapses', async () => {
    const { slack, pagerduty, env } = stage;
    const notified = (name: Name, says: RegExp) =>
      slack.waitFor(() =>
        slack
          .as(CAST[name])
          .notifications()
          .find(({ text, channel }) => channel === CHANNELS.access && says.test(text)),
      );
    const id = await request(slack, 'ana', { role: 'orders_read', ...BRIEF });
    const posted = await card(slack, id, /Can decide: <!subteam\^S0DBA>\n/);

    await turn(id, '10 minutes');
    await untilLine('ana', id, /^R-\d+: Reminded <!subteam\^S0DBA> after 10 minutes\.$/);
    const call = await notified(
      'cora',
      new RegExp(`${id} still waits for a decision, 10 minutes after <@U0ANA> asked`),
    );
    expect(call).toMatchObject({ why: 'group mention' });
    await card(slack, id, /Reminded <!subteam\^S0DBA> after 10 minutes\./);
    await told(slack, 'ana', id, /Waiting for approval[\s\S]*Reminded <!subteam\^S0DBA> after 10 minutes\./);

    await turn(id, '20 minutes');
    await untilLine('ana', id, /Also asked <!subteam\^S0SRE> after 30 minutes\./);
    await notified('olga', new RegExp(`you can decide ${id} too now`));
    await card(
      slack,
      id,
      /Also asked <!subteam\^S0SRE> after 30 minutes[\s\S]*Can decide: <!subteam\^S0DBA>, <!subteam\^S0SRE>/,
    );

    await turn(id, '30 minutes');
    await untilLine('ana', id, /Alerted Hallpass’s operators after 1 hour\./);
    const incident = () =>
      pagerduty.incidents.filter(({ dedupKey }) => dedupKey.endsWith(`/undecided/${id.slice(2)}/3`));
    await slack.waitFor(() => incident().length === 1);
    expect(incident()[0]).toMatchObject({
      status: 'triggered',
      summary: `Hallpass: no one has decided ${id} in 1 hour (orders_read on Shop)`,
    });
    await slack.waitFor(() =>
      slack
        .as(CAST.olga)
        .messages(CHANNELS.operators)
        .some((message) => all(message).includes(`No one has decided ${id} in 1 hour`)),
    );

    await turn(id, '1 hour');
    await untilInLedger(stage, id, 'lapsed');
    await card(slack, id, /Lapsed: nobody decided in 2 hours/);
    const end = await told(slack, 'ana', id, /Lapsed/);
    expect(all(end)).toMatch(/Reminded[\s\S]*Also asked[\s\S]*Alerted/);
    await slack.waitFor(() => incident()[0]?.status === 'resolved');
    expect(await lines('ana', id)).toHaveLength(3);
    // Three calls at the most: the reminders stand in the thread of the card.
    const thread = slack
      .as(CAST.cora)
      .messages(CHANNELS.access)
      .filter(({ threadTs, ts }) => threadTs === posted.ts && ts !== posted.ts);
    expect(thread.map(({ text }) => text.split('\n')[0])).toEqual([
      `<!subteam^S0DBA>: ${id} still waits for a decision, 10 minutes after <@U0ANA> asked.`,
      `<!subteam^S0SRE>: you can decide ${id} too now. No one has in 30 minutes.`,
    ]);
    expect(await metric(env, 'hallpass_ladder_steps_total')).toBe(3);
  });

  test('Hallpass was down past the deadline: each step is told, apart; and whom one asked approves', async () => {
    const { slack, ledgerUrl } = stage;
    const id = await request(slack, 'ana', { role: 'orders_read', ...BRIEF });
    await card(slack, id, /Waiting/);
    await untilAllSent(stage);
    await hallpass.stop();
    await turn(id, '3 hours');
    hallpass = await stage.startHallpass();
    await untilLine('ana', id, /Reminded/);
    expect(await lines('ana', id)).toHaveLength(1);
    await card(slack, id, /Lapses after its last reminder, .* at the earliest/);
    await untilLine('ana', id, /Also asked/);
    await untilLine('ana', id, /Alerted/);
    const posted = await card(slack, id, /Lapses .* later than planned, because its last reminder was late/);
    const times = await runSql<{ apart: number }>(
      ledgerUrl,
      `select extract(epoch from at - lag(at) over (order by id))::float8 as apart from events
         where request_id = $1 and kind = 'step_told' order by id offset 1`,
      [id.slice('R-'.length)],
    );
    expect(times).toHaveLength(2);
    for (const { apart } of times) expect(apart).toBeGreaterThanOrEqual(APART);
    await click(slack, 'olga', posted, 'Approve');
    await told(slack, 'ana', id, /psql/);
    await card(slack, id, /Approved by <@U0OLGA> \(sre\)/);
    await click(slack, 'ana', await told(slack, 'ana', id, /psql/), 'Relinquish');
  });

  test('notify: approvers: each has a card of their own, kept in step; quiet ones and the requester have none', async () => {
    const { slack } = stage;
    slack.workspace.setGroup(GROUPS.dba, { members: [CAST.cora, CAST.dan, CAST.ana] });
    await hallpass.stop();
    hallpass = await stage.startHallpass();
    const id = await request(slack, 'ana', { role: 'payments_read', ...BRIEF });
    const own = (name: Name, says: RegExp) =>
      slack.waitFor(
        () => messagesOf(slack, name).find((message) => all(message).includes(id) && says.test(all(message))),
        90_000,
      );
    const [coras] = [
      await own('cora', /Waiting[\s\S]*Asked by direct message as well: 2 people\./),
      await own('ben', /Waiting/),
    ];
    await card(slack, id, /Asked by direct message as well: 2 people/);
    await untilAllSent(stage);
    expect(messagesOf(slack, 'dan').some((message) => all(message).includes(id))).toBe(false);
    expect(messagesOf(slack, 'ana').filter((message) => all(message).includes(id))).toHaveLength(1);
    // Who joins the group is asked, too, at the next look.
    slack.workspace.setGroup(GROUPS.dba, { members: [CAST.cora, CAST.dan, CAST.ana, CAST.eve] });
    await own('eve', /Waiting/);
    expect((await own('cora', /Waiting/)).blocks.length).toBeGreaterThan(2);
    await deny(slack, 'cora', coras);
    await card(slack, id, /Denied by <@U0CORA>/);
    for (const name of ['cora', 'ben', 'eve'] as const) {
      const shrunk = await own(name, /Denied by <@U0CORA>/);
      expect(shrunk.blocks).toHaveLength(1);
    }
  });
});
