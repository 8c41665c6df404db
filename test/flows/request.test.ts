/** Asking: the form, and what becomes of a wish that nobody has decided; from outside. */
import { describe, expect, it } from 'vitest';
import { runSql } from '../../sandbox/postgres/server-access.js';
import { buttonsOf, type SeenMessage, wordsOf } from '../../sandbox/slack/index.js';
import { CAST } from '../../sandbox/stage/cast.js';
import {
  all,
  card,
  click,
  clickAndHear,
  messagesOf,
  type Name,
  request,
  submitRequest,
  told,
  type Wish,
} from '../../sandbox/stage/people.js';
import { waitFor } from '../support/wait-for.js';
import { ANA2, itEndsWell, relinquished, useWorld, WORLDS } from './world.js';

describe.each(WORLDS)('asking, by $transport, with alarms in $backend', (kind) => {
  const use = useWorld(kind);

  it('the form offers what may be asked for, and says beside the field what is wrong', async () => {
    const { slack } = use();
    const ana = slack.as(CAST.ana);
    await ana.command('/request', 'shop orders_read 15m stuck order');
    const view = await slack.waitFor(() => ana.openedView());
    expect(view.values).toMatchObject({
      target: { target: { selected_option: { value: 'shop' } } },
      'role:shop': { role: { selected_option: { value: 'orders_read' } } },
      reason: { reason: { value: 'stuck order' } },
    });
    expect(wordsOf(view.blocks)).toContain('You are `ana` on Shop');
    expect((await ana.options('Role', 'pay')).map(({ value }) => value)).toEqual(['payments_read']);
    expect((await ana.options('Role')).length).toBeGreaterThan(5);
    expect(await ana.options('Postgres instance', 'nothing like it')).toEqual([]);
    await ana.closeView();
    expect(await slack.as(CAST.eve).command('/request', 'help')).toMatchObject({ outcome: 'ok' });

    const wrong = (wish: Wish) => submitRequest(slack, 'ana', wish);
    expect(await wrong({ role: 'orders_read', otherDuration: '9h' })).toEqual({
      other_duration: expect.stringContaining('4 hours at most'),
    });
    expect(await wrong({ role: 'orders_read', otherDuration: 'soon' })).toEqual({
      other_duration: expect.stringContaining('Write a duration like'),
    });
    expect(await wrong({ role: 'orders_read', reason: '   ' })).toEqual({ reason: expect.any(String) });
    expect(await wrong({ role: 'nowhere' })).toEqual({
      'role:shop': expect.stringContaining('There is no role nowhere'),
    });
    expect(await submitRequest(slack, 'ben', { role: 'payments_read' })).toEqual({
      'role:shop': expect.stringContaining('already holds it'),
    });
    const eve = slack.as(CAST.eve);
    await eve.command('/request');
    await slack.waitFor(() => eve.openedView());
    expect(await eve.options('Postgres instance')).toEqual([]);
    await eve.closeView();
  });

  it('a request for what is asked for or lent already is answered, whoever asks', async () => {
    const { slack } = use();
    const id = await request(slack, 'ana', { role: 'orders_read' });
    expect(await submitRequest(slack, 'ana', { role: 'orders_read' })).toEqual({
      'role:shop': expect.stringContaining(`${id} waits for approval`),
    });
    await click(slack, 'cora', await card(slack, id, /Waiting/), 'Approve');
    const note = await told(slack, 'ana', id, /psql/);
    expect(await submitRequest(slack, 'ana', { role: 'orders_read' })).toEqual({
      'role:shop': expect.stringMatching(/already lent to you until .*UTC/),
    });
    // Through the second account: without the name.
    const second = slack.as(ANA2);
    await second.command('/request', 'shop orders_read 1h again');
    await slack.waitFor(() => second.openedView());
    const sent = await second.submit();
    expect(sent).toMatchObject({
      outcome: 'errors',
      errors: { 'role:shop': expect.stringContaining('another Slack account') },
    });
    expect(JSON.stringify(sent)).not.toContain(CAST.ana);
    await second.closeView();
    await relinquished(use(), 'ana', id, note);
  });

  it('a form that is delivered twice is one request', async () => {
    const { stage, slack } = use();
    const ana = slack.as(CAST.ana);
    await ana.command('/request', 'shop orders_read 1h twice');
    await slack.waitFor(() => ana.openedView());
    const before = await runSql<{ n: number }>(stage.ledgerUrl, 'select count(*)::int as n from requests');
    slack.faults.duplicateNext();
    expect(await ana.submit()).toMatchObject({ outcome: 'closed' });
    const last = await slack.waitFor(() =>
      messagesOf(slack, 'ana').findLast((m) => /Waiting for approval/.test(all(m))),
    );
    const after = await runSql<{ n: number }>(stage.ledgerUrl, 'select count(*)::int as n from requests');
    expect((after[0]?.n ?? 0) - (before[0]?.n ?? 0)).toBe(1);
    await click(slack, 'ana', last, 'Cancel request');
    const id = /R-\d+/.exec(all(last))?.[0] ?? '';
    expect(buttonsOf((await card(slack, id, /Cancelled by/)).blocks)).toEqual([]);
    expect(
      await clickAndHear(
        slack,
        'cora',
        { ...(await card(slack, id, /Cancelled/)), blocks: approveButton(id) },
        'Approve',
      ),
    ).toContain('cancelled');
  });

  it('what nobody decides lapses, and is too late from then on', async () => {
    const { stage, slack } = use();
    const id = await request(slack, 'ana', { role: 'brief' });
    const pending = await card(slack, id, /Waiting/);
    const [row] = await runSql<{ at: Date }>(
      stage.ledgerUrl,
      'select pending_until as at from requests where id = $1',
      [id.slice(2)],
    );
    await waitFor(() => Date.now() > (row?.at.getTime() ?? 0), { what: 'the deadline to pass' });
    // Before the heartbeat has written it, and after.
    expect(await clickAndHear(slack, 'cora', pending, 'Approve')).toContain('nobody decided');
    await slack.waitFor(
      () => messagesOf(slack, 'ana').some((m) => /Lapsed: nobody decided in 2 seconds/.test(m.text)),
      40_000,
    );
    expect(buttonsOf((await card(slack, id, /Lapsed/)).blocks)).toEqual([]);
  });

  it('hostile words ring nobody and are shown as they were written', async () => {
    const { slack } = use();
    const hostile = '<!channel> <!here> `x` *y* <https://evil.example|fine> & </b>';
    const id = await request(slack, 'ana', { role: 'orders_read', reason: hostile });
    const pending = await card(slack, id, /Waiting/);
    expect(wordsOf(pending.blocks)).toContain(hostile);
    expect(pending.text).not.toMatch(/<!(?:channel|here|everyone)/);
    for (const name of Object.keys(CAST) as Name[]) {
      expect(
        slack
          .as(CAST[name])
          .notifications()
          .filter(({ why }) => why === 'everybody'),
      ).toEqual([]);
    }
    await click(slack, 'cora', pending, 'Deny');
    await told(slack, 'ana', id, /Denied/);
  });

  it('a predefined role is lent with a danger label, and fails with a reason when it may not be', async () => {
    const { stage, slack } = use();
    expect(await submitRequest(slack, 'ana', { role: 'pg_monitor' })).toEqual({
      'role:shop': expect.stringContaining('no ADMIN OPTION on the role pg_monitor'),
    });
    await stage.server.query('grant pg_monitor to hallpass with admin true, inherit false, set false');
    const id = await request(slack, 'ana', { role: 'pg_monitor' });
    expect(all(await card(slack, id, /Waiting/))).toContain('*Danger:*');
    await stage.server.query('revoke pg_monitor from hallpass');
    await click(slack, 'cora', await card(slack, id, /Waiting/), 'Approve');
    expect(all(await told(slack, 'ana', id, /Failed: nothing was granted/))).toContain('no ADMIN OPTION');
    expect(buttonsOf((await card(slack, id, /Failed/)).blocks)).toEqual([]);
  });

  itEndsWell(use);
});

/** The button as it stood on a card that has been rewritten since. */
function approveButton(id: string): SeenMessage['blocks'] {
  return [
    {
      type: 'actions',
      block_id: 'old',
      elements: [
        {
          type: 'button',
          action_id: 'request_approve',
          value: id,
          text: { type: 'plain_text', text: 'Approve', emoji: true },
        },
      ],
    },
  ];
}
