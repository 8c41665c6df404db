/** Emergencies when something else is wrong, too: forms that come twice, a pause, PagerDuty or the role's channel is down. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { runSql } from '../../sandbox/postgres/server-access.js';
import { buttonsOf, type SeenMessage } from '../../sandbox/slack/index.js';
import { CAST, CHANNELS } from '../../sandbox/stage/cast.js';
import { judge } from '../../sandbox/stage/emergency.js';
import { all, card, cardNow, click, messagesOf, type Name, told } from '../../sandbox/stage/people.js';
import { granted } from '../support/access.js';
import { runHallpass } from '../support/commands.js';
import { expectSettled, inLedger, untilAllSent } from '../support/requests.js';
import { KINDS } from '../support/stage.js';
import { waitFor } from '../support/wait-for.js';
import { numberOf, openEmergencyStage } from './emergency/stage.js';

/** "At once" is before the next heartbeat, milliseconds. */
const AT_ONCE_MS = 10_000;

describe.each(KINDS)('by $transport, with alarms in $backend', async (kind) => {
  const stage = await openEmergencyStage(kind);
  const { slack, pagerduty, askOnce, breakGlass, lastId, turnClock } = stage;
  const { operatorsTold, question, incident, endAccess } = stage;
  const { workspace } = slack;

  const untilGranted = () =>
    waitFor(async () => (await granted(stage)).includes('orders_write ana'), { what: 'the GRANT' });

  it('grants once, however often Slack delivers the confirmation', async () => {
    await askOnce('ana');
    slack.faults.duplicateNext();
    expect(await slack.as(CAST.ana).submit()).toEqual({ outcome: 'cleared' });
    await untilGranted();
    const id = await lastId();
    await card(slack, id, /Emergency access until/);
    await operatorsTold(id, /broke the glass/);
    await waitFor(() => incident(id) === 'triggered', { what: 'the page' });
    await untilAllSent(stage);

    const made = await runSql(
      stage.ledgerUrl,
      `select (select count(*)::int from requests where ended_at is null) as open,
         (select count(*)::int from events where request_id = $1 and kind = 'approved_in_emergency') as approvals,
         (select count(*)::int from events where request_id = $1 and kind = 'granted') as grants`,
      [numberOf(id)],
    );
    expect(made).toEqual([{ open: 1, approvals: 1, grants: 1 }]);
    const tellOf = (messages: readonly SeenMessage[], says: RegExp) =>
      messages.filter((message) => all(message).includes(id) && says.test(all(message))).length;
    expect(tellOf(slack.as(CAST.olga).messages(CHANNELS.operators), /broke the glass/)).toBe(1);
    expect(tellOf(slack.as(CAST.cora).messages(CHANNELS.access), /Emergency access/)).toBe(1);
    const pages = pagerduty.incidents.filter(({ dedupKey }) => dedupKey.endsWith(`/${numberOf(id)}`));
    expect(pages).toHaveLength(1);
    await endAccess(id);
  });

  it('refuses while granting is paused, at either form, and says so', async () => {
    const pause = async (...args: readonly string[]) =>
      expect(await runHallpass(stage, ['pause', ...args])).toMatchObject({ code: 0 });
    const resume = async (...args: readonly string[]) =>
      expect(await runHallpass(stage, ['resume', ...args])).toMatchObject({ code: 0 });
    onTestFinished(() => void resume('shop').catch(() => undefined));
    const before = await lastId();

    await pause('shop', '--because', 'a <!here> breach');
    expect(await askOnce('ana')).toEqual({
      'emergency:orders_write': expect.stringMatching(
        /^Granting is paused on “shop”\. .* paused it 20.* UTC: a <!here> breach\. Emergency access isn’t granted either\. Ask an operator to resume granting; or clear the emergency box/,
      ),
    });
    await resume('shop');

    // Paused between the two forms; the form is still there when granting has resumed.
    const ana = slack.as(CAST.ana);
    await askOnce('ana');
    await pause('--because', 'all of it');
    const refused = await ana.submit();
    expect(refused).toMatchObject({ outcome: 'updated', view: { title: 'Not granted', submit: null } });
    expect(JSON.stringify(refused)).toMatch(/Granting is paused on every instance\. .* paused it/);
    expect(await granted(stage)).toEqual([]);
    expect(await lastId()).toBe(before);
    await resume();
    await ana.closeView();
    expect(await ana.submit()).toMatchObject({ outcome: 'pushed' });
    expect(await ana.submit()).toEqual({ outcome: 'cleared' });
    await untilGranted();
    await endAccess(await lastId());
  });

  it('waits for PagerDuty no more than for any page', async () => {
    pagerduty.faults.order('*', { kind: 'hang' }, 200);
    await askOnce('ana');
    const began = performance.now();
    expect(await slack.as(CAST.ana).submit()).toEqual({ outcome: 'cleared' });
    await untilGranted();
    expect(performance.now() - began).toBeLessThan(2_000);
    const id = await lastId();
    await card(slack, id, /Emergency access until/);
    await operatorsTold(id, /broke the glass/);
    expect(incident(id)).toBeUndefined();
    await endAccess(id);
    pagerduty.faults.clear();
    await waitFor(() => incident(id) === 'triggered', { what: 'the page', timeoutMs: 90_000 });
  });

  /** The direct message that says this, with its buttons, soon. */
  const soon = (name: Name, id: string, says: RegExp) =>
    slack.waitFor(
      () =>
        messagesOf(slack, name).findLast(
          (message) => message.blocks.length > 1 && all(message).includes(id) && says.test(all(message)),
        ),
      AT_ONCE_MS,
    );
  const shrunk = (name: Name, { ts }: SeenMessage) =>
    waitFor(() => messagesOf(slack, name).some((each) => each.ts === ts && each.blocks.length === 1), {
      what: `${name}'s copy to be a line`,
    });
  const CARD = /Emergency access until/;
  const QUESTION = /was this emergency access justified/i;

  it('tells its reviewers directly when the bot is not in the channel; they review it there', async () => {
    workspace.setBotIn(CHANNELS.access, false);
    const id = await breakGlass('ana');
    const copy = await soon('cora', id, CARD);
    expect(all(copy)).toMatch(/Nobody approved it/);
    expect(buttonsOf(copy.blocks)).toContain('End access');
    await soon('dan', id, CARD);
    await operatorsTold(id, /broke the glass/);
    await told(slack, 'ana', id, /Emergency access until[\s\S]*psql/);

    // The channel is known to be shut: the question comes directly at once, and as often as it is due.
    await turnClock(id);
    const first = await slack.waitFor(() =>
      messagesOf(slack, 'cora').findLast((each) => all(each).includes(id) && QUESTION.test(all(each))),
    );
    expect(first.threadTs).toBeNull();
    expect(buttonsOf(first.blocks)).toEqual(['Justified', 'Not justified']);
    await turnClock(id);
    const asked = await slack.waitFor(() =>
      messagesOf(slack, 'cora').findLast(
        (each) => all(each).includes(id) && /Still not reviewed/.test(all(each)),
      ),
    );
    await shrunk('cora', first);
    for (const message of messagesOf(slack, 'ana')) expect(all(message)).not.toMatch(QUESTION);

    expect(await judge(slack, 'cora', asked, 'Justified', 'It was down.')).toEqual({ outcome: 'closed' });
    await told(slack, 'ana', id, /was justified, says its reviewer/);
    await told(slack, 'cora', id, /is reviewed/);
    await waitFor(() => incident(id) === 'resolved', { what: 'the end of the incident' });

    workspace.setBotIn(CHANNELS.access, true);
    await card(slack, id, /\*Justified\*, says <@U0CORA>/);
    await shrunk('cora', copy);
    await click(slack, 'cora', await card(slack, id, CARD), 'End access');
    await card(slack, id, /Ended by/);
  });

  it('does so when the channel is archived later, and asks in the thread again when it is not', async () => {
    const id = await breakGlass('ana');
    const shown = await card(slack, id, CARD);
    workspace.setChannel(CHANNELS.access, { archived: true });
    await turnClock(id);
    const copy = await slack.waitFor(() =>
      messagesOf(slack, 'dan').findLast((each) => all(each).includes(id) && QUESTION.test(all(each))),
    );
    expect(buttonsOf(copy.blocks)).toEqual(['Justified', 'Not justified']);
    // They have the card already, and who only approves has nothing to review.
    expect(messagesOf(slack, 'cora').some((each) => all(each).includes(id) && CARD.test(each.text))).toBe(
      false,
    );

    workspace.setChannel(CHANNELS.access, { archived: false });
    const asked = await question(id);
    expect(asked.threadTs).toBe(shown.ts);
    await shrunk('dan', copy);
    expect(await judge(slack, 'cora', asked, 'Not justified', 'It could wait.')).toEqual({
      outcome: 'closed',
    });
    await slack.waitFor(() => cardNow(slack, id, /\*Not justified\*, says <@U0CORA>/));
    expect(await inLedger(stage, id)).toMatchObject({ state: 'active' });
    await endAccess(id);
  });

  it('in the end all is settled, and nobody saw a failure', async () => {
    await expectSettled(stage);
    await untilAllSent(stage);
    expect(slack.problems).toEqual([]);
  });
});
