import type { App, SlashCommand } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Slack, startSlack } from './index.js';
import { type Running, startApp } from './testing/bolt-app.js';

const ANA = 'U0ANA00000';

function form(title: string, block_id = 'reason', extra: Partial<ModalView> = {}): ModalView {
  const text = { type: 'plain_text' as const, text: title };
  return {
    type: 'modal',
    callback_id: 'form',
    title: text,
    submit: text,
    blocks: [
      { type: 'section', block_id: 'words', text, accessory: { type: 'button', action_id: 'more', text } },
      {
        type: 'input',
        block_id,
        label: text,
        optional: true,
        element: { type: 'plain_text_input', action_id: 'reason' },
      },
      {
        type: 'input',
        block_id: 'when',
        label: text,
        optional: true,
        element: { type: 'datepicker', action_id: 'when' },
      },
    ],
    ...extra,
  };
}

let slack: Slack;
let running: Running | undefined;
let commands: SlashCommand[];

/** An app whose /request opens a form, and which answers submissions as `more` says. */
async function withApp(more: (app: App) => void): Promise<void> {
  running = await startApp(slack, 'socket', (app) => {
    app.command('/request', async ({ ack, body, client }) => {
      commands.push(body);
      await ack();
      if (body.text === '') await client.views.open({ trigger_id: body.trigger_id, view: form('First') });
    });
    more(app);
  });
}

async function openForm() {
  const ana = slack.as(ANA);
  await ana.command('/request');
  return slack.waitFor(() => ana.openedView());
}

beforeEach(async () => {
  slack = await startSlack({ people: [{ id: ANA, name: 'ana' }], commands: ['/request', '/fields'] });
  commands = [];
});
afterEach(async () => {
  await running?.stop();
  running = undefined;
  await slack.close();
});

describe('a field', () => {
  const text = { type: 'plain_text' as const, text: 'Label' };
  const option = (value: string) => ({ text: { type: 'plain_text' as const, text: value }, value });

  it('tells the app of Enter where the app asked for it, and of nothing typed before', async () => {
    const told: unknown[] = [];
    const input = (action_id: string, dispatch_action: boolean) => ({
      type: 'input' as const,
      label: text,
      dispatch_action,
      element: { type: 'plain_text_input' as const, action_id },
    });
    await withApp((app) => {
      app.command('/fields', async ({ ack, body, client }) => {
        await ack();
        const blocks = [input('told', true), input('silent', false)];
        await client.views.open({ trigger_id: body.trigger_id, view: form('Fields', 'reason', { blocks }) });
      });
      app.action('told', async ({ ack, action }) => {
        told.push(action);
        await ack();
      });
    });
    const ana = slack.as(ANA);
    await ana.command('/fields');
    await slack.waitFor(() => ana.openedView());
    for (const field of ['told', 'silent']) {
      await ana.fill(field, 'typed');
      expect(await ana.pressEnter(field)).toEqual({ outcome: 'ok' });
    }
    expect(told).toMatchObject([{ action_id: 'told', value: 'typed' }]);
  });

  it('of many keeps what was chosen while others are searched', async () => {
    await withApp((app) => {
      app.command('/fields', async ({ ack, body, client }) => {
        await ack();
        const element = { type: 'multi_external_select' as const, action_id: 'many', min_query_length: 0 };
        const blocks = [{ type: 'input' as const, label: text, element }];
        await client.views.open({ trigger_id: body.trigger_id, view: form('Fields', 'reason', { blocks }) });
      });
      app.options('many', ({ ack, payload }) => ack({ options: [option(`found ${payload.value}`)] }));
    });
    const ana = slack.as(ANA);
    await ana.command('/fields');
    await slack.waitFor(() => ana.openedView());
    const wanted: string[] = [];
    for (const query of ['one', 'two']) {
      await ana.options('many', query);
      wanted.push(`found ${query}`);
      expect(await ana.choose('many', wanted)).toEqual({ outcome: 'ok' });
    }
    const [kept] = Object.values(ana.openedView()?.values ?? {});
    expect(kept?.many).toMatchObject({
      selected_options: [{ value: 'found one' }, { value: 'found two' }],
    });
    expect(await ana.choose('many', [])).toEqual({ outcome: 'ok' });
  });
});

describe('a submission', () => {
  it('may update the view, which keeps what was typed under the same ids', async () => {
    await withApp((app) => {
      app.view('form', ({ ack, view }) =>
        ack({
          response_action: 'update',
          view: form('Second', view.title.text === 'First' ? 'reason' : 'another'),
        }),
      );
    });
    const first = await openForm();
    const ana = slack.as(ANA);
    await ana.fill('reason', 'ticket');
    const second = await ana.submit();
    expect(second).toMatchObject({
      outcome: 'updated',
      view: { id: first.id, title: 'Second', values: { reason: { reason: { value: 'ticket' } } } },
    });
    expect(ana.openedView()?.hash).not.toBe(first.hash);
    await ana.submit();
    expect(ana.openedView()?.values).toMatchObject({ another: { reason: { value: null } } });
  });

  it('may push two views, not three, and clear them all', async () => {
    await withApp((app) => {
      app.action('more', async ({ ack, body, client }) => {
        await ack();
        if (!('trigger_id' in body)) return;
        await client.views.push({ trigger_id: body.trigger_id, view: form('Pushed') }).catch(() => undefined);
      });
      app.view('form', ({ ack, view }) =>
        ack(
          view.title.text === 'Pushed'
            ? { response_action: 'clear' }
            : { response_action: 'push', view: form('Second') },
        ),
      );
    });
    const root = await openForm();
    const ana = slack.as(ANA);
    expect(root).toMatchObject({ pushed: false, close: null });
    expect(await ana.submit()).toMatchObject({ outcome: 'pushed', view: { title: 'Second', pushed: true } });
    await ana.click('modal', 'more');
    await slack.waitFor(() => ana.openedView()?.title === 'Pushed');
    const payload = slack.deliveries.at(-1)?.payload;
    expect(payload).toMatchObject({ view: { root_view_id: root.id, previous_view_id: root.id } });
    await ana.click('modal', 'more');
    await slack.waitFor(() =>
      slack.log.some(({ answer }) => JSON.stringify(answer).includes('push_limit_reached')),
    );
    expect(await ana.submit()).toEqual({ outcome: 'cleared' });
    expect(ana.openedView()).toBeUndefined();
  });

  it('answered with errors beside no input shows trouble, and is a problem', async () => {
    await withApp((app) => {
      app.view('form', ({ ack }) => ack({ response_action: 'errors', errors: { words: 'No.' } }));
    });
    await openForm();
    expect(await slack.as(ANA).submit()).toEqual({
      outcome: 'bad acknowledgement',
      seen: 'We had some trouble connecting. Try again?',
    });
    expect(slack.problems).toMatchObject([
      { kind: 'bad acknowledgement', message: expect.stringContaining('words') },
    ]);
    expect(slack.as(ANA).openedView()).toBeDefined();
  });

  it('that is not acknowledged leaves the view open', async () => {
    await withApp((app) => app.view('form', async () => {}));
    await openForm();
    expect(await slack.as(ANA).submit()).toMatchObject({ outcome: 'timeout' });
    expect(slack.as(ANA).openedView()).toBeDefined();
  });

  it('carries nulls where nothing was filled in', async () => {
    await withApp((app) => app.view('form', ({ ack }) => ack()));
    await openForm();
    await slack.as(ANA).submit();
    expect(slack.deliveries.at(-1)?.payload).toMatchObject({
      type: 'view_submission',
      view: {
        state: {
          values: {
            reason: { reason: { type: 'plain_text_input', value: null } },
            when: { when: { type: 'datepicker', selected_date: null } },
          },
        },
      },
      response_urls: [],
    });
  });

  it('is told when it was closed instead, if the view asks for it', async () => {
    await withApp((app) => {
      app.view({ callback_id: 'form', type: 'view_closed' }, ({ ack }) => ack());
      app.view('form', ({ ack }) =>
        ack({ response_action: 'update', view: form('Asks', 'reason', { notify_on_close: true }) }),
      );
    });
    await openForm();
    await slack.as(ANA).submit();
    expect(await slack.as(ANA).closeView()).toEqual({ outcome: 'ok' });
    expect(slack.deliveries.at(-1)?.payload).toMatchObject({
      type: 'view_closed',
      is_cleared: false,
      view: { state: { values: {} } },
    });
  });
});

describe('a trigger', () => {
  const open = (body: SlashCommand | undefined) =>
    fetch(`${slack.apiUrl}views.open`, {
      method: 'POST',
      headers: { authorization: `Bearer ${slack.botToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ trigger_id: body?.trigger_id, view: form('Late') }),
    }).then((response) => response.json());

  it('is used once', async () => {
    await withApp(() => undefined);
    await openForm();
    expect(await open(commands[0])).toEqual({ ok: false, error: 'exchanged_trigger_id' });
  });

  it('lives three seconds', async () => {
    await withApp(() => undefined);
    await slack.as(ANA).command('/request', 'later');
    slack.clock.advance(3001);
    expect(await open(commands[0])).toEqual({ ok: false, error: 'expired_trigger_id' });
  });
});

describe('a response URL', () => {
  async function responseUrl(): Promise<(body: object) => Promise<string>> {
    await withApp(() => undefined);
    await slack.as(ANA).command('/request', 'later');
    const url = commands[0]?.response_url ?? '';
    return async (body) => {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      return `${response.status} ${await response.text()}`;
    };
  }

  it('answers five times, privately unless told otherwise', async () => {
    const post = await responseUrl();
    expect(await post({ text: 'one' })).toBe('200 ok');
    expect(await post({ text: 'two', response_type: 'in_channel' })).toBe('200 ok');
    expect(slack.as(ANA).messages('general')).toMatchObject([{ ephemeral: true }, { ephemeral: false }]);
    expect(await post({ blocks: [{ type: 'banner' }] })).toBe('400 invalid_blocks');
    await post({ text: 'four' });
    await post({ text: 'five' });
    expect(await post({ text: 'six' })).toBe('404 expired_url');
  });

  it('lives half an hour', async () => {
    const post = await responseUrl();
    slack.clock.advance(30 * 60_000 + 1);
    expect(await post({ text: 'late' })).toBe('404 expired_url');
  });

  it('of a click overwrites the message unless it says that it does not', async () => {
    await withApp((app) => {
      app.action('go', async ({ ack, respond, action }) => {
        await ack();
        const value = 'value' in action ? action.value : '';
        if (value === 'whisper')
          await respond({ text: 'psst', response_type: 'ephemeral', replace_original: false });
        else if (value === 'delete') await respond({ delete_original: true });
        else await respond({ text: 'overwritten' });
      });
    });
    const ana = slack.as(ANA);
    const text = { type: 'plain_text', text: 'Go' };
    const elements = ['whisper', 'overwrite', 'delete'].map((value) => ({
      type: 'button',
      action_id: 'go',
      text,
      value,
    }));
    const blocks = elements.map((element) => ({ type: 'actions', elements: [element] }));
    await fetch(`${slack.apiUrl}chat.postMessage`, {
      method: 'POST',
      headers: { authorization: `Bearer ${slack.botToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ channel: ANA, text: 'card', blocks }),
    });
    const card = ana.messages('dm')[0];
    if (!card) throw new Error('The card is not there.');
    await ana.click(card, 'Go', { value: 'whisper' });
    await slack.waitFor(() => ana.messages('dm').length === 2);
    await ana.click(card, 'Go', { value: 'overwrite' });
    await slack.waitFor(() => ana.messages('dm')[0]?.text === 'overwritten');
    await ana.click(card, 'Go', { value: 'delete' });
    await slack.waitFor(() => ana.messages('dm').length === 1);
    expect(ana.messages('dm')).toMatchObject([{ text: 'psst', ephemeral: true }]);
  });
});
