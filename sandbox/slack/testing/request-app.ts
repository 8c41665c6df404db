/** A small app: a modal with an external select, a card with a button, an ephemeral answer, App Home. */
import type { App } from '@slack/bolt';
import type { ModalView } from '@slack/types';

export const CARDS = 'C0CARDS000';

const MODAL: ModalView = {
  type: 'modal',
  callback_id: 'request_submit',
  title: { type: 'plain_text', text: 'Request access' },
  submit: { type: 'plain_text', text: 'Send' },
  blocks: [
    {
      type: 'input',
      block_id: 'role',
      label: { type: 'plain_text', text: 'Role' },
      dispatch_action: true,
      element: { type: 'external_select', action_id: 'role', min_query_length: 0 },
    },
    {
      type: 'input',
      block_id: 'duration',
      label: { type: 'plain_text', text: 'For how long?' },
      element: {
        type: 'static_select',
        action_id: 'duration',
        options: ['1 hour', '4 hours'].map((text) => ({ text: { type: 'plain_text', text }, value: text })),
      },
    },
    {
      type: 'input',
      block_id: 'reason',
      label: { type: 'plain_text', text: 'Reason' },
      optional: true,
      element: { type: 'plain_text_input', action_id: 'reason', max_length: 20 },
    },
  ],
};

const ROLES = ['orders_read', 'orders_write', 'pay_read'];

export function requestApp(app: App): void {
  app.command('/request', async ({ ack, body, client }) => {
    if (body.text === 'silent') return;
    if (body.text === 'help') return ack('Type /request and fill the form in.');
    await ack();
    await client.views.open({ trigger_id: body.trigger_id, view: MODAL });
  });

  app.options('role', async ({ ack, payload }) => {
    const found = ROLES.filter((role) => role.includes(payload.value));
    await ack({ options: found.map((text) => ({ text: { type: 'plain_text', text }, value: text })) });
  });

  app.action('role', ({ ack }) => ack());

  app.view('request_submit', async ({ ack, view, body, client }) => {
    const { role, duration, reason } = view.state.values;
    if (!reason?.reason?.value) {
      return ack({ response_action: 'errors', errors: { reason: 'Say why.' } });
    }
    await ack();
    await client.chat.postMessage({
      channel: CARDS,
      text: `<@${body.user.id}> asks for ${role?.role?.selected_option?.value}`,
      blocks: [
        {
          type: 'section',
          text: {
            type: 'mrkdwn',
            text: `<@${body.user.id}> asks <!subteam^S0DBA00000> for ${role?.role?.selected_option?.value}, ${duration?.duration?.selected_option?.value}`,
          },
        },
        {
          type: 'actions',
          block_id: 'decision',
          elements: [
            {
              type: 'button',
              action_id: 'approve',
              style: 'primary',
              value: 'R-1',
              text: { type: 'plain_text', text: 'Approve' },
            },
            {
              type: 'overflow',
              action_id: 'approve_for',
              options: ['30m', '15m'].map((value) => ({
                text: { type: 'plain_text', text: `Approve for ${value}` },
                value,
              })),
            },
          ],
        },
      ],
    });
  });

  app.action('approve', async ({ ack, body, client, respond }) => {
    await ack();
    if (body.type !== 'block_actions' || !body.channel || !body.message) return;
    if (body.user.name === 'cat') {
      await respond({
        response_type: 'ephemeral',
        replace_original: false,
        text: 'You may not decide this.',
      });
      return;
    }
    await client.chat.update({
      channel: body.channel.id,
      ts: body.message.ts,
      text: 'Approved.',
      blocks: [{ type: 'section', text: { type: 'mrkdwn', text: `Approved by <@${body.user.id}>` } }],
    });
  });

  app.action('approve_for', async ({ ack, action, respond }) => {
    await ack();
    const value = action.type === 'overflow' ? action.selected_option.value : 'nothing';
    await respond({ response_type: 'ephemeral', replace_original: false, text: `For ${value}.` });
  });

  app.event('app_home_opened', async ({ event, client }) => {
    await client.views.publish({
      user_id: event.user,
      view: { type: 'home', blocks: [{ type: 'header', text: { type: 'plain_text', text: 'Your access' } }] },
    });
  });
}
