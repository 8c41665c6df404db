/** Deny asks why, and a menu beside Approve grants less than was asked for. */
import { expect, it } from 'vitest';
import { optionsOf, wordsOf } from '../../../sandbox/slack/index.js';
import { CAST, CHANNELS } from '../../../sandbox/stage/cast.js';
import {
  all,
  approveFor,
  card,
  click,
  clickAndHear,
  deny,
  openDenial,
  request,
  told,
} from '../../../sandbox/stage/people.js';
import { expectReads, granted } from '../../support/access.js';
import { expectRung } from '../../support/messages.js';
import { eventsOf, inLedger } from '../../support/requests.js';
import { WAITING } from '../../support/words.js';
import type { LifeStage } from './stage.js';

const EVIL = '<!channel> <@U0EVE> *no*: <https://evil.example|orders_read> is enough';

export function denying(stage: LifeStage): void {
  const { slack } = stage;
  const cora = slack.as(CAST.cora);

  it('the form says what is denied, and everybody concerned reads why, inertly', async () => {
    const id = await request(slack, 'ana', { role: 'orders_write', duration: '1 hour' });
    const pending = await card(slack, id, /Waiting/);
    const form = await openDenial(slack, 'cora', pending);
    expect(form).toMatchObject({ title: `Deny ${id}`, submit: 'Deny' });
    expect(wordsOf(form.blocks)).toContain(
      `<@${CAST.ana}> asked for \`orders_write\` on Shop (production) for 1 hour.`,
    );
    await cora.fill('Reason', EVIL);
    slack.faults.duplicateNext();
    expect(await cora.submit()).toEqual({ outcome: 'closed' });
    const denied = [
      await card(slack, id, /Denied by <@U0CORA>[\s\S]*Decided .* \(dba\)/),
      await told(slack, 'ana', id, /Denied by <@U0CORA>/),
    ];
    for (const message of denied) {
      expect(wordsOf(message.blocks)).toContain(`Why: ${EVIL}`);
      expect(message.text).toContain('Why: &lt;!channel&gt; &lt;@U0EVE&gt; ∗no∗');
      expect(message.text).not.toMatch(/<!channel>|<@U0EVE>|<https/);
    }
    expect((await eventsOf(stage, id)).filter(({ kind }) => kind === 'denied')).toHaveLength(1);
    expect(await inLedger(stage, id)).toMatchObject({ state: 'denied' });
    await expectRung(stage, 'ana', id, [WAITING, `Denied by <@${CAST.cora}>`]);
    await expectRung(stage, 'eve', id, []);
    expect(stage.log.filter((line) => line.includes('evil.example'))).toEqual([]);
  });

  it('opens no form for who can’t deny, nor for what is decided', async () => {
    const id = await request(slack, 'ana', { role: 'orders_read' });
    const pending = await card(slack, id, /Waiting/);
    expect(await clickAndHear(slack, 'eve', pending, 'Deny')).toContain(`can't decide ${id}`);
    expect(await clickAndHear(slack, 'ana', pending, 'Deny')).toContain('your own request');
    await deny(slack, 'cora', pending);
    await card(slack, id, /Denied/);
    expect(await clickAndHear(slack, 'dan', pending, 'Deny')).toMatch(/already denied by <@U0CORA>/);
    for (const name of ['eve', 'ana', 'dan'] as const) {
      expect(slack.as(CAST[name]).openedView()).toBeUndefined();
    }
    const shown = await told(slack, 'ana', id, /Denied/);
    expect(all(shown)).not.toContain('Why:');
  });

  it('a form that was open while somebody else decided says so, and has nothing to send', async () => {
    const id = await request(slack, 'ana', { role: 'orders_read', duration: '15 minutes' });
    const pending = await card(slack, id, /Waiting/);
    await openDenial(slack, 'cora', pending);
    await cora.fill('Reason', 'too late');
    await click(slack, 'dan', pending, 'Approve');
    const note = await told(slack, 'ana', id, /psql/);
    const sent = await cora.submit();
    expect(sent).toMatchObject({ outcome: 'updated', view: { submit: null } });
    expect('view' in sent && wordsOf(sent.view.blocks)).toMatch(
      new RegExp(`^${id} was already approved by <@U0DAN>`),
    );
    await cora.closeView();
    await click(slack, 'ana', note, 'Relinquish');
    await told(slack, 'ana', id, /Ended: relinquished/);
  });

  it('where the policy requires a reason, nothing is denied without one', async () => {
    const id = await request(slack, 'ana', { role: 'strict_read' });
    await openDenial(slack, 'cora', await card(slack, id, /Waiting/));
    expect(await cora.submit()).toMatchObject({ by: 'slack', errors: { reason: expect.anything() } });
    await cora.fill('Reason', '   ');
    expect(await cora.submit()).toMatchObject({
      by: 'app',
      errors: { reason: 'Enter a reason. The requester sees it.' },
    });
    expect(await inLedger(stage, id)).toMatchObject({ state: 'pending' });
    await cora.fill('Reason', 'ask for desk_read');
    expect(await cora.submit()).toEqual({ outcome: 'closed' });
    expect(all(await told(slack, 'ana', id, /Denied/))).toContain('Why: ask for desk_read');
  });

  it('approves for less than was asked for, once, and never by who can’t approve', async () => {
    const id = await request(slack, 'ana', { role: 'orders_read', duration: '1 hour' });
    const pending = await card(slack, id, /Waiting/);
    expect(optionsOf(pending.blocks)).toEqual(['Approve for 5 seconds', 'Approve for 15 minutes']);
    const eve = slack.as(CAST.eve);
    await approveFor(slack, 'eve', pending, '15 minutes');
    await slack.waitFor(() =>
      eve.messages(CHANNELS.access).find((m) => m.ephemeral && m.text.includes(`can't decide ${id}`)),
    );
    expect(await inLedger(stage, id)).toMatchObject({ state: 'pending' });

    slack.faults.duplicateNext();
    await approveFor(slack, 'cora', pending, '15 minutes');
    const note = await told(slack, 'ana', id, /psql/);
    expect(all(note)).toContain('Asked for 1 hour, shortened to 15 minutes.');
    const shown = await card(slack, id, /Granted until/);
    expect(optionsOf(shown.blocks)).toEqual([]);
    await expectReads(stage, 'ana', 'orders_read');
    const approved = (await eventsOf(stage, id)).filter(({ kind }) => kind === 'approved');
    expect(approved).toMatchObject([{ data: { durationMs: 15 * 60_000 } }]);
    const { granted_at, expires_at } = await inLedger(stage, id);
    expect(Number(expires_at) - Number(granted_at)).toBe(15 * 60_000);
    await click(slack, 'ana', note, 'Relinquish');
    await told(slack, 'ana', id, /Ended: relinquished/);
    expect(await granted(stage)).toEqual([]);
  });

  it('has no menu where the policy offers nothing shorter', async () => {
    const id = await request(slack, 'ben', { role: 'desk_read', duration: '5 seconds' });
    const pending = await card(slack, id, /Waiting/);
    expect(optionsOf(pending.blocks)).toEqual([]);
    await deny(slack, 'cora', pending);
    await card(slack, id, /Denied/);
  });
}
