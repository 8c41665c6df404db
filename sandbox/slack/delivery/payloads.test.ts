import { WebClient } from '@slack/web-api';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Slack, startSlack } from '../index.js';
import { isObject, type Json, type JsonObject } from '../json.js';
import { type Running, startApp } from '../testing/bolt-app.js';
import { CARDS, requestApp } from '../testing/request-app.js';

const ANA = 'U0ANA00000';
const VIEW_KEYS =
  'app_id app_installed_team_id blocks bot_id callback_id clear_on_close close external_id hash id notify_on_close previous_view_id private_metadata root_view_id state submit team_id title type';

let slack: Slack;
let running: Running;
let client: WebClient;

beforeEach(async () => {
  slack = await startSlack({ people: [{ id: ANA, name: 'ana' }] });
  slack.workspace.addChannel({ id: CARDS, name: 'cards', members: [ANA, slack.botUserId] });
  running = await startApp(slack, 'socket', requestApp);
  client = new WebClient(slack.botToken, { slackApiUrl: slack.apiUrl });
});
afterEach(async () => {
  await running.stop();
  await slack.close();
});

function sent(type: string): JsonObject {
  const found = slack.deliveries.findLast((delivery) => delivery.type === type);
  if (!found) throw new Error(`No ${type} was sent.`);
  return found.payload;
}

const keys = (value: Json | undefined) =>
  isObject(value) ? Object.keys(value).sort().join(' ') : String(value);

it('of a command', async () => {
  await slack.as(ANA).command('/request', 'help me', 'cards');
  expect(sent('/request')).toMatchObject({
    channel_name: 'cards',
    text: 'help me',
    user_name: 'ana',
    is_enterprise_install: 'false',
    response_url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/commands\//),
    trigger_id: expect.stringMatching(/^\d+\.\d+\.[0-9a-f]+$/),
  });
  await slack.as(ANA).command('/request', 'help', 'dm');
  expect(sent('/request')).toMatchObject({
    channel_name: 'directmessage',
    channel_id: expect.stringMatching(/^D/),
  });
});

it('of a form, which holds what is filled in so far while typing, and nulls when it is sent', async () => {
  const ana = slack.as(ANA);
  await ana.command('/request');
  await slack.waitFor(() => ana.openedView());
  await ana.choose('duration', '1 hour');
  await ana.options('role', 'pay');
  const suggestion = sent('block_suggestion');
  expect(keys(suggestion)).toBe('action_id api_app_id block_id container team token type user value view');
  expect(suggestion).toMatchObject({ value: 'pay', action_id: 'role', block_id: 'role' });
  expect(keys(suggestion.view)).toBe(VIEW_KEYS);
  const hour = { text: { type: 'plain_text', text: '1 hour', emoji: true }, value: '1 hour' };
  expect(isObject(suggestion.view) && suggestion.view.state).toEqual({
    values: { duration: { duration: { type: 'static_select', selected_option: hour } } },
  });

  await ana.choose('role', 'pay_read');
  const chosen = sent('block_actions');
  expect(keys(chosen)).toBe('actions api_app_id container team token trigger_id type user view');
  expect(chosen).toMatchObject({
    container: { type: 'view' },
    actions: [{ type: 'external_select', action_id: 'role', selected_option: { value: 'pay_read' } }],
  });

  await ana.submit();
  const submission = sent('view_submission');
  expect(keys(submission)).toBe(
    'api_app_id enterprise is_enterprise_install response_urls team token trigger_id type user view',
  );
  expect(submission).toMatchObject({
    view: { state: { values: { reason: { reason: { type: 'plain_text_input', value: null } } } } },
  });
});

it('of a click, with the message unless only one person sees it', async () => {
  const text = { type: 'plain_text', text: 'Approve' };
  const card = {
    channel: CARDS,
    text: 'card',
    blocks: [
      {
        type: 'actions',
        block_id: 'decision',
        elements: [{ type: 'button', action_id: 'approve', value: 'R-1', text }],
      },
    ],
  };
  await client.chat.postMessage(card);
  await client.chat.postEphemeral({ ...card, user: ANA });
  const [open, whispered] = slack.as(ANA).messages(CARDS);
  if (!open || !whispered) throw new Error('The messages are not there.');
  await slack.as(ANA).click(open, 'Approve');
  const click = sent('block_actions');
  const common =
    'actions api_app_id channel container enterprise is_enterprise_install response_url state team token trigger_id type user';
  expect(keys(click).split(' ').sort()).toEqual(`${common} message`.split(' ').sort());
  expect(click).toMatchObject({
    container: { type: 'message', message_ts: open.ts, channel_id: CARDS, is_ephemeral: false },
    message: { bot_id: slack.botId, user: slack.botUserId, ts: open.ts, blocks: [{ block_id: 'decision' }] },
    actions: [
      { type: 'button', action_id: 'approve', block_id: 'decision', value: 'R-1', text: { emoji: true } },
    ],
  });
  await slack.as(ANA).click(whispered, 'Approve');
  expect(keys(sent('block_actions'))).toBe(common);
  expect(sent('block_actions')).toMatchObject({ container: { is_ephemeral: true } });
});

it('of a choice in a menu of a message, which keeps no state of it', async () => {
  const option = { text: { type: 'plain_text', text: 'For 15m', emoji: true }, value: 'R-1:15m' };
  const elements = [{ type: 'overflow', action_id: 'less', options: [option] }];
  const blocks = [{ type: 'actions', block_id: 'decision', elements }];
  await client.chat.postMessage({ channel: CARDS, text: 'card', blocks });
  const [open] = slack.as(ANA).messages(CARDS);
  if (!open) throw new Error('The message is not there.');
  await slack.as(ANA).choose('less', 'For 15m', open);
  expect(sent('block_actions')).toMatchObject({
    container: { type: 'message', message_ts: open.ts },
    state: { values: {} },
    actions: [{ type: 'overflow', action_id: 'less', block_id: 'decision', selected_option: option }],
  });
});

it('of shortcuts, which name no app; one on a message has its message and a response URL', async () => {
  const ana = slack.as(ANA);
  await ana.shortcut('request_access');
  expect(sent('shortcut')).toMatchObject({
    callback_id: 'request_access',
    user: { id: ANA },
    trigger_id: expect.any(String),
  });
  for (const key of ['api_app_id', 'channel', 'message', 'response_url']) {
    expect(sent('shortcut')).not.toHaveProperty(key);
  }
  const message = ana.say('cards', 'permission denied');
  await ana.messageShortcut(message, 'request_for_message');
  expect(sent('message_action')).toMatchObject({
    callback_id: 'request_for_message',
    channel: { id: CARDS },
    message_ts: message.ts,
    message: { type: 'message', user: ANA, text: 'permission denied', ts: message.ts },
    response_url: expect.stringContaining('/app/'),
  });
  expect(sent('message_action')).not.toHaveProperty('api_app_id');
  expect(() => ana.shortcut('request_for_message')).toThrow('no global shortcut');
});

it('of App Home, with its view once there is one', async () => {
  const ana = slack.as(ANA);
  ana.openHome();
  await slack.waitFor(() => ana.home() && slack.deliveries.length === 1);
  expect(sent('event_callback')).toMatchObject({
    event: { type: 'app_home_opened', user: ANA, tab: 'home' },
  });
  expect(sent('event_callback').event).not.toHaveProperty('view');
  ana.openHome();
  await slack.waitFor(() => slack.deliveries.length === 2);
  expect(sent('event_callback')).toMatchObject({ event: { view: { id: ana.home()?.id, type: 'home' } } });
});
