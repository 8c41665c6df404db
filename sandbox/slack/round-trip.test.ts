import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buttonsOf, type Slack, startSlack, wordsOf } from './index.js';
import { type Running, startApp } from './testing/bolt-app.js';
import { CARDS, requestApp } from './testing/request-app.js';

describe.each(['socket', 'http'] as const)('a Bolt app by %s', (transport) => {
  let slack: Slack;
  let running: Running;

  beforeEach(async () => {
    slack = await startSlack({
      people: [
        { id: 'U0ANA00000', name: 'ana' },
        { id: 'U0BO000000', name: 'bo' },
        { id: 'U0CAT00000', name: 'cat' },
      ],
      groups: [{ id: 'S0DBA00000', handle: 'dba', members: ['U0BO000000'] }],
    });
    slack.workspace.addChannel({
      id: CARDS,
      name: 'cards',
      members: ['U0ANA00000', 'U0BO000000', 'U0CAT00000', slack.botUserId],
    });
    running = await startApp(slack, transport, requestApp);
  });

  afterEach(async () => {
    await running.stop();
    await slack.close();
  });

  it('goes from the command to the approved card', async () => {
    const ana = slack.as('U0ANA00000');
    expect(await ana.command('/request')).toEqual({ outcome: 'ok', response: null });
    const modal = await slack.waitFor(() => ana.openedView());
    expect(modal.title).toBe('Request access');

    const offered = await ana.options('role', 'orders');
    expect(offered.map(({ value }) => value)).toEqual(['orders_read', 'orders_write']);
    expect(await ana.choose('role', 'orders_write')).toEqual({ outcome: 'ok' });
    await expect(ana.choose('role', 'superuser')).rejects.toThrow('does not offer superuser');

    expect(await ana.submit()).toEqual({
      outcome: 'errors',
      by: 'slack',
      errors: { duration: 'Please complete this required field.' },
    });
    await ana.choose('For how long?', '4 hours');
    expect(await ana.submit()).toEqual({ outcome: 'errors', by: 'app', errors: { reason: 'Say why.' } });
    expect(ana.openedView()?.errors).toEqual({ reason: 'Say why.' });
    await ana.fill('reason', 'Ticket 812');
    expect(await ana.submit()).toEqual({ outcome: 'closed' });
    expect(ana.openedView()).toBeUndefined();

    const bo = slack.as('U0BO000000');
    const card = await slack.waitFor(() => bo.messages(CARDS).at(-1));
    expect(wordsOf(card.blocks)).toContain('orders_write, 4 hours');
    expect(bo.notifications()).toMatchObject([{ ts: card.ts, why: 'group mention' }]);

    const cat = slack.as('U0CAT00000');
    await cat.click(card, 'Approve');
    const told = await slack.waitFor(() => cat.messages(CARDS).find(({ ephemeral }) => ephemeral));
    expect(told.text).toBe('You may not decide this.');
    expect(bo.messages(CARDS)).toHaveLength(1);

    expect(await bo.choose('approve_for', 'Approve for 15m', card)).toEqual({ outcome: 'ok' });
    await slack.waitFor(() => bo.messages(CARDS).find(({ text }) => text === 'For 15m.'));
    await expect(bo.choose('approve_for', 'Approve for 2h', card)).rejects.toThrow(
      'does not offer Approve for 2h, but: Approve for 30m, Approve for 15m',
    );
    await expect(bo.choose('approve_for', ['30m', '15m'], card)).rejects.toThrow('takes one option');

    expect(await bo.click(card, 'Approve', { value: 'R-1' })).toEqual({ outcome: 'ok' });
    const approved = await slack.waitFor(() => bo.messages(CARDS).find(({ edited }) => edited));
    expect(approved.ts).toBe(card.ts);
    expect(buttonsOf(approved.blocks)).toEqual([]);
    expect(bo.notifications()).toHaveLength(1);
    expect(slack.problems).toEqual([]);
  });

  it('answers a command in words, for the one who typed it', async () => {
    const said = await slack.as('U0ANA00000').command('/request', 'help');
    expect(said).toMatchObject({
      outcome: 'ok',
      response: { ephemeral: true, text: expect.stringContaining('form') },
    });
    expect(slack.as('U0BO000000').messages('general')).toEqual([]);
  });

  it('publishes App Home when it is opened', async () => {
    const ana = slack.as('U0ANA00000');
    expect(ana.openHome()).toBeUndefined();
    const home = await slack.waitFor(() => ana.home());
    expect(wordsOf(home.blocks)).toBe('Your access');
  });

  it('shows an error to the person, and keeps a problem, when nobody acknowledges', async () => {
    const said = await slack.as('U0ANA00000').command('/request', 'silent');
    expect(said).toMatchObject({ seen: '/request failed because the app did not respond' });
    expect(slack.problems).toMatchObject([{ kind: 'not acknowledged' }]);
  });
});
