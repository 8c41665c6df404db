/** Deciding: who may, what everybody sees of it, and what happens to a request without a decision. */

import { expect, it } from 'vitest';
import { buttonsOf, wordsOf } from '../../../sandbox/slack/index.js';
import { CAST, CHANNELS, GROUPS } from '../../../sandbox/stage/cast.js';
import {
  all,
  card,
  click,
  clickAndHear,
  deny,
  type Name,
  openDenial,
  request,
  told,
} from '../../../sandbox/stage/people.js';
import { expectReads, granted, isRefused } from '../../support/access.js';
import { untilPast } from '../../support/disturb.js';
import { ANA2 } from '../../support/fixtures.js';
import { expectRung } from '../../support/messages.js';
import { changeInLedger, eventsOf, inLedger, obtain } from '../../support/requests.js';
import { EXPIRED, GRANTED, RELINQUISHED, WAITING } from '../../support/words.js';
import { HOSTILE, type LifeStage, VAULT } from './stage.js';

/** Longer than a heartbeat, by which the ledger's clock is read; milliseconds. */
const HEARTBEATS_MS = 40_000;

export function deciding(stage: LifeStage): void {
  const { slack } = stage;

  it('only approvers decide, never on their own request, nor through a second account', async () => {
    const id = await request(slack, 'ana', { role: 'orders_read' });
    const pending = await card(slack, id, /Waiting/);
    const hears = async (userId: string, says: string) => {
      const person = slack.as(userId);
      await person.click(pending, 'Approve');
      await slack.waitFor(() =>
        person.messages(CHANNELS.access).some((m) => m.ephemeral && m.text.includes(says)),
      );
    };
    expect(await clickAndHear(slack, 'eve', pending, 'Approve')).toMatch(
      new RegExp(`can't decide ${id}.*<!subteam\\^${GROUPS.dba}>`),
    );
    // Both are in the approvers' group.
    expect(await clickAndHear(slack, 'ana', pending, 'Approve')).toContain('your own request');
    await hears(ANA2, 'counts as your own request');
    slack.workspace.addPerson({ id: 'U0GUEST', name: 'guest', guest: 'multi_channel' });
    slack.workspace.setChannel(CHANNELS.access, {
      members: [...(slack.workspace.channel(CHANNELS.access)?.members ?? []), 'U0GUEST'],
    });
    await hears('U0GUEST', 'Guest accounts');
    expect(await inLedger(stage, id)).toMatchObject({ state: 'pending' });
    expect((await eventsOf(stage, id)).map(({ kind }) => kind)).toEqual(['submitted']);

    await deny(slack, 'cora', pending);
    expect(all(await told(slack, 'ana', id, /Denied by/))).toContain(`<@${CAST.cora}>`);
    const denied = await card(
      slack,
      id,
      new RegExp(`Denied by <@${CAST.cora}>[\\s\\S]*Decided <!date.* \\(dba\\)`),
    );
    expect(buttonsOf(denied.blocks)).toEqual([]);
    // On the card as it was before, and from now on.
    expect(await clickAndHear(slack, 'dan', pending, 'Approve')).toMatch(/already denied by <@U0CORA>/);
    expect(await isRefused(stage, 'ana', 'orders_read')).toBe(true);
    expect(await granted(stage)).toEqual([]);
    await expectRung(stage, 'ana', id, [WAITING, `Denied by <@${CAST.cora}>`]);
    await expectRung(stage, 'cora', id, [WAITING]);
    await expectRung(stage, 'eve', id, []);
  });

  it('a person who has left the group can’t decide; while Slack can’t say who is in it, no one can', async () => {
    slack.faults.order('usergroups.users.list', { kind: 'error', error: 'internal_error' }, 100);
    const id = await request(slack, 'ana', { role: 'vault_read' });
    const pending = await card(slack, id, /Waiting/);
    expect(await clickAndHear(slack, 'dan', pending, 'Deny')).toContain('Slack did not say who is in');
    slack.faults.clear();
    // Nothing was remembered of the group, so what counts is how it is now.
    slack.workspace.setGroup(VAULT, { members: [CAST.cora] });
    expect(await clickAndHear(slack, 'dan', pending, 'Deny')).toContain("can't decide");
    await deny(slack, 'cora', pending);
    await card(slack, id, /Denied by <@U0CORA>[\s\S]*Decided .* \(vault\)/);
  });

  it('two approvers at once and a double click make one decision; the second approver is told', async () => {
    const id = await request(slack, 'ana', { role: 'orders_read' });
    const pending = await card(slack, id, /Waiting/);
    const late = () =>
      slack
        .as(CAST.cora)
        .messages(CHANNELS.access)
        .filter((m) => m.ephemeral && new RegExp(`${id} was already (?:approved|denied) by`).test(m.text));
    await openDenial(slack, 'dan', pending);
    slack.faults.duplicateNext();
    const [, denial] = await Promise.all([
      slack.as(CAST.cora).click(pending, 'Approve'),
      slack.as(CAST.dan).submit(),
      slack.as(CAST.cora).click(pending, 'Approve'),
    ]);
    if (denial.outcome === 'updated') {
      expect(wordsOf(denial.view.blocks)).toMatch(new RegExp(`${id} was already approved by <@U0CORA>`));
    } else expect(denial.outcome).toBe('closed');
    // Three clicks were delivered, and the form was sent.
    await slack.waitFor(() => late().length === (denial.outcome === 'closed' ? 3 : 2));
    const shown = await card(slack, id, /Granted until|Denied by/);
    const decided = (await eventsOf(stage, id)).filter(({ kind }) => /^(approved|denied)$/.test(kind));
    expect(decided).toHaveLength(1);
    if (decided[0]?.kind === 'denied') return;
    await click(slack, 'olga', shown, 'End access');
    await told(slack, 'ana', id, /^Ended by/);
    expect(await granted(stage)).toEqual([]);
  });

  it('a request without a decision lapses, a grant is announced to end, and is revoked when its time is up', async () => {
    const warned = await obtain(stage, 'ana', { role: 'orders_read', duration: '15 minutes' });
    // The last minutes are not waited for: the ledger is told that they have come.
    await changeInLedger(stage, warned.id, 'warn_at = now()');
    const short = await obtain(stage, 'dan', { role: 'orders_read', duration: '5 seconds' });
    const lapsing = await request(slack, 'ben', { role: 'brief' });
    const pending = await card(slack, lapsing, /Waiting/);

    await untilPast(new Date(Date.now() + 2_000));
    // Whether or not a heartbeat has written it yet.
    expect(await clickAndHear(slack, 'cora', pending, 'Approve')).toMatch(
      /Too late: nobody decided R-\d+ in 2 seconds/,
    );
    await slack.waitFor(() => rang(stage, 'dan', short.id, EXPIRED), HEARTBEATS_MS);
    expect(await isRefused(stage, 'dan', 'orders_read')).toBe(true);
    expect(buttonsOf((await card(slack, short.id, /Ended: its time was up/)).blocks)).toEqual([]);
    expect(await clickAndHear(slack, 'dan', short.note, 'Relinquish')).toContain('its time was up');

    await slack.waitFor(
      () => rang(stage, 'ben', lapsing, 'Lapsed: nobody decided in 2 seconds'),
      HEARTBEATS_MS,
    );
    expect(buttonsOf((await card(slack, lapsing, /Lapsed/)).blocks)).toEqual([]);
    expect(await clickAndHear(slack, 'cora', pending, 'Approve')).toContain('Too late');
    await slack.waitFor(() => rang(stage, 'ana', warned.id, 'Your access ends'), HEARTBEATS_MS);
    await expectReads(stage, 'ana', 'orders_read');
    await click(slack, 'ana', warned.note, 'Relinquish');
    await told(slack, 'ana', warned.id, /Ended: relinquished/);

    await expectRung(stage, 'ben', lapsing, [WAITING, 'Lapsed: nobody decided in 2 seconds']);
    await expectRung(stage, 'dan', short.id, [WAITING, GRANTED, EXPIRED]);
    await expectRung(stage, 'ana', warned.id, [WAITING, GRANTED, 'Your access ends …', RELINQUISHED]);
  });

  it('hostile words and names ring nobody, and are shown as they were written', async () => {
    const reason = '<!channel> <!here> `x` *y* <https://evil.example|fine> & </b> <@U0EVE>';
    const id = await request(slack, 'ana', { role: HOSTILE.role, reason });
    const pending = await card(slack, id, /Waiting/);
    expect(wordsOf(pending.blocks)).toContain(reason);
    await click(slack, 'cora', pending, 'Approve');
    const note = await told(slack, 'ana', id, /psql/);
    expect(await granted(stage)).toEqual([`"${HOSTILE.role}" ana`]);
    await click(slack, 'ana', note, 'Relinquish');
    const shown = [note, pending, await card(slack, id, /Ended/), await told(slack, 'ana', id, /Ended/)];
    expect(await granted(stage)).toEqual([]);
    for (const message of shown) {
      expect(message.text).not.toMatch(/<!(?:channel|here|everyone)|<https/);
      for (const { text } of mrkdwnOf(message.blocks)) {
        expect(text).not.toMatch(/<!(?:channel|here|everyone)|<https|<@U0EVE>/);
      }
    }
    for (const name of Object.keys(CAST) as Name[]) {
      const loud = slack.as(CAST[name]).notifications();
      expect(loud.filter(({ why }) => why === 'everybody')).toEqual([]);
    }
    await expectRung(stage, 'eve', id, []);
    await expectRung(stage, 'cora', id, [WAITING]);
  });
}

function rang({ slack }: LifeStage, name: Name, id: string, title: string): boolean {
  return slack
    .as(CAST[name])
    .notifications()
    .some(({ text }) => text.startsWith(title) && text.includes(`${id} ·`));
}

/** The texts in which Slack would see a mention or a link. */
function mrkdwnOf(value: unknown): readonly { readonly text: string }[] {
  if (Array.isArray(value)) return value.flatMap(mrkdwnOf);
  if (typeof value !== 'object' || value === null) return [];
  if ('type' in value && value.type === 'mrkdwn' && 'text' in value) return [{ text: String(value.text) }];
  return Object.values(value).flatMap(mrkdwnOf);
}
