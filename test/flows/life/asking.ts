/** Asking: the form, and what it says beside its fields. */

import { expect, it } from 'vitest';
import { runSql } from '../../../sandbox/postgres/server-access.js';
import { buttonsOf, wordsOf } from '../../../sandbox/slack/index.js';
import { CAST } from '../../../sandbox/stage/cast.js';
import {
  all,
  card,
  click,
  clickAndHear,
  messagesOf,
  request,
  submitRequest,
  told,
  type Wish,
} from '../../../sandbox/stage/people.js';
import { ANA2 } from '../../support/fixtures.js';
import { expectRung } from '../../support/messages.js';
import { obtain } from '../../support/requests.js';
import { CANCELLED, WAITING } from '../../support/words.js';
import { FAY, HOSTILE, type LifeStage } from './stage.js';

const ROLES_OF_SHOP = [
  HOSTILE.role,
  'brief',
  'doomed',
  'nowhere',
  'orders_read',
  'orders_write',
  'payments_read',
  'pg_monitor',
  'strict_read',
  'vault_read',
];

export function asking(stage: LifeStage): void {
  const { slack } = stage;

  it('the form is filled in from what was typed, with the durations of its role', async () => {
    const form = await openForm(stage, CAST.ana, 'shop orders_read stuck order for 15m');
    expect(form.values).toMatchObject({
      target: { target: { selected_option: { value: 'shop' } } },
      'role:shop': { role: { selected_option: { value: 'orders_read' } } },
      'duration:orders_read': { duration: { selected_option: { value: '15m' } } },
      reason: { reason: { value: 'stuck order for 15m' } },
    });
    expect(wordsOf(form.blocks)).toContain('You are `ana` on Shop');
    expect((await openForm(stage, CAST.ana, 'shop orders_read')).values).toMatchObject({
      'duration:orders_read': { duration: { selected_option: { value: '1h' } } },
    });
    expect((await openForm(stage, CAST.ana, 'shop brief 25m')).values).toMatchObject({
      'duration:brief': { duration: { selected_option: { value: '20m' } } },
      other_duration: { other_duration: { value: '25m' } },
    });
    const menu = await stage.slack.as(CAST.ana).options('For how long?');
    expect(menu.map(({ value }) => value)).toEqual(['10m', '20m']);
  });

  it('a search narrows what is offered, and only what this person may ask for is', async () => {
    const offered = async (userId: string, element: string, typed?: string) =>
      (await stage.slack.as(userId).options(element, typed)).map(({ value }) => value);

    await openForm(stage, CAST.ana, 'shop orders_read');
    expect(await offered(CAST.ana, 'Role')).toEqual(ROLES_OF_SHOP);
    expect(await offered(CAST.ana, 'Role', 'pay')).toEqual(['payments_read']);
    expect(await offered(CAST.ana, 'Role', 'and customers')).toEqual(['orders_read']);
    expect(await offered(CAST.ana, 'Postgres instance')).toEqual(['attic', 'shop']);
    expect(await offered(CAST.ana, 'Postgres instance', 'nothing like it')).toEqual([]);

    const ana = stage.slack.as(CAST.ana);
    expect(await ana.choose('Postgres instance', 'attic')).toEqual({ outcome: 'ok' });
    await stage.slack.waitFor(() => ana.openedView()?.blocks.some((b) => b.block_id === 'role:attic'));
    expect(ana.openedView()?.values).not.toMatchObject({
      'role:attic': { role: { selected_option: expect.anything() } },
    });
    expect(await offered(CAST.ana, 'Role')).toEqual(['old_read']);

    await openForm(stage, CAST.ben, '');
    expect(await offered(CAST.ben, 'Postgres instance')).toEqual(['shop']);
    await openForm(stage, CAST.eve, '');
    const [why] = await stage.slack.as(CAST.eve).options('Postgres instance');
    expect(`${why?.text.text} ${why?.description?.text}`).toMatch(/knows no login of yours/);
  });

  it('what is wrong is said beside the field', async () => {
    const ana = (wish: Wish) => submitRequest(stage.slack, 'ana', wish);
    const says = (...words: string[]) => expect.stringMatching(new RegExp(words.join('[\\s\\S]*')));

    expect(await ana({ role: 'orders_read', otherDuration: '9h' })).toEqual({
      other_duration: says('4 hours at most'),
    });
    expect(await ana({ role: 'brief', otherDuration: '1h' })).toEqual({
      other_duration: says('30 minutes at most'),
    });
    expect(await ana({ role: 'orders_read', otherDuration: 'soon', reason: '  ' })).toEqual({
      other_duration: says('Write a duration like'),
      reason: says('Enter a reason'),
    });
    // Slack itself holds back what is empty.
    expect(Object.keys((await ask(stage, CAST.ana, 'shop', '')) ?? {})).toEqual(['role:shop', 'reason']);
    expect(await ana({ role: 'nowhere' })).toEqual({ 'role:shop': says('There is no role nowhere') });
    expect(await ana({ role: 'pg_monitor' })).toEqual({
      'role:shop': says('no ADMIN OPTION on the role pg_monitor'),
    });
    expect(await submitRequest(stage.slack, 'ben', { role: 'payments_read' })).toEqual({
      'role:shop': says('“ben” already holds it: granted by somebody else'),
    });
    expect(await ask(stage, CAST.ben, 'attic old_read')).toEqual({
      target: says('may not use Attic'),
    });
    expect(await ask(stage, CAST.eve, 'shop orders_read')).toEqual({
      target: says('No login on Shop is known for you', 'Ask an operator'),
    });
    expect(await ask(stage, FAY, 'shop orders_read')).toEqual({
      'role:shop': says('There is no login fay on the server'),
    });
  });

  it('what is requested or granted already can’t be requested again from either account', async () => {
    const id = await request(slack, 'ana', { role: 'orders_read' });
    expect(await submitRequest(slack, 'ana', { role: 'orders_read' })).toEqual({
      'role:shop': expect.stringContaining(`${id} waits for approval`),
    });
    await click(slack, 'ana', await told(slack, 'ana', id, /Waiting/), 'Cancel request');
    await expectRung(stage, 'ana', id, [WAITING, CANCELLED]);

    const { id: granted, note } = await obtain(stage, 'ana', { role: 'orders_read' });
    expect(await submitRequest(slack, 'ana', { role: 'orders_read' })).toEqual({
      'role:shop': expect.stringMatching(new RegExp(`You already have it until .* UTC \\(${granted}\\)`)),
    });
    // Through the second account: without the name.
    const errors = await ask(stage, ANA2, 'shop orders_read');
    expect(errors).toEqual({ 'role:shop': expect.stringContaining('another Slack account') });
    expect(JSON.stringify(errors)).not.toMatch(new RegExp(`${CAST.ana}\\b|${granted}`));
    await click(slack, 'ana', note, 'Relinquish');
    await told(slack, 'ana', granted, /Ended: relinquished/);
  });

  it('a form that is sent twice and delivered twice is one request, which its requester may cancel', async () => {
    const count = async () =>
      (await runSql<{ n: number }>(stage.ledgerUrl, 'select count(*)::int as n from requests'))[0]?.n ?? 0;
    const before = await count();
    const closed = { outcome: 'closed' };
    await openForm(stage, CAST.ana, 'shop orders_read');
    await slack.as(CAST.ana).fill('Reason', 'twice');
    slack.faults.duplicateNext();
    const sentBefore = slack.deliveries.length;
    const ana = slack.as(CAST.ana);
    expect(await Promise.all([ana.submit(), ana.submit()])).toEqual([closed, closed]);
    // None of them is told that it was asked for already.
    const acks = slack.deliveries.slice(sentBefore).filter(({ type }) => type === 'view_submission');
    expect(acks).toHaveLength(2);
    expect(JSON.stringify(acks.map(({ ack }) => ack))).not.toContain('errors');
    // By its reason: what Ana was told of before may still be on its way.
    const status = await slack.waitFor(() =>
      messagesOf(slack, 'ana').find((message) => /Waiting for approval[\s\S]*twice/.test(all(message))),
    );
    expect(await count()).toBe(before + 1);

    const id = /R-\d+/.exec(all(status))?.[0] ?? '';
    const pending = await card(slack, id, /Waiting/);
    expect(buttonsOf(status.blocks)).toEqual(['Cancel request']);
    slack.faults.duplicateNext();
    await click(slack, 'ana', status, 'Cancel request');
    const canceled = await card(slack, id, new RegExp(`Canceled by <@${CAST.ana}>[\\s\\S]*Canceled <!date`));
    expect(buttonsOf(canceled.blocks)).toEqual([]);
    expect(await clickAndHear(slack, 'cora', pending, 'Approve')).toContain('already canceled');
    await expectRung(stage, 'ana', id, [WAITING, CANCELLED]);
  });
}

/** Types the command with something after it, and waits for the form. */
async function openForm({ slack }: LifeStage, userId: string, typed: string) {
  const person = slack.as(userId);
  const before = person.openedView()?.id;
  expect(await person.command('/request', typed)).toMatchObject({ outcome: 'ok' });
  return slack.waitFor(() => {
    const view = person.openedView();
    return view?.id !== before && view;
  });
}

/** Sends the form as it was filled in from what was typed, with a reason. @returns the errors beside the fields; null when there are none */
async function ask(
  stage: LifeStage,
  userId: string,
  typed: string,
  reason = 'why',
): Promise<Readonly<Record<string, string>> | null> {
  await openForm(stage, userId, typed);
  const person = stage.slack.as(userId);
  if (reason !== '') await person.fill('Reason', reason);
  const sent = await person.submit();
  if (sent.outcome !== 'errors') {
    expect(sent).toEqual({ outcome: 'closed' });
    return null;
  }
  await person.closeView();
  return sent.errors;
}
