import { expect, it } from 'vitest';
import { checkModal } from '../../sandbox/slack/validate/view.js';
import { denyForm, nothingToDeny } from '../../src/surfaces/forms/deny-form.js';
import { SITUATIONS, scene, textsIn } from './samples.js';

const asked = {
  requestId: 'R-1042',
  clicked: { channel: 'C0ACCESS', ts: '1795226400.000100' },
  what: { request: SITUATIONS.pending, where: scene },
  reasonRequired: false,
  notice: null,
};
const words = (view: object) => textsIn(view).map(({ text }) => text);

it('says what is denied, and keeps the request and the card', () => {
  const form = denyForm(asked);
  expect(checkModal(form)).toMatchObject({ ok: true });
  expect(words(form)).toEqual([
    'Deny R-1042',
    'Deny',
    'Cancel',
    '<@U0ANA> asked for `orders_write` on Shop (production) for 1 hour.',
    'Reason',
    'The requester and the other approvers see it, and it is kept in the audit trail.',
    'What speaks against it, or what to ask for instead',
  ]);
  expect(JSON.parse(form.private_metadata ?? '')).toEqual({ v: 1, request: 'R-1042', ...asked.clicked });
  expect(form.blocks.at(-1)).toMatchObject({ type: 'input', optional: true, element: { max_length: 500 } });
});

it('asks for a reason where the policy does, without what was not read in time', () => {
  const form = denyForm({ ...asked, what: null, reasonRequired: true });
  expect(checkModal(form)).toMatchObject({ ok: true });
  expect(form.blocks).toMatchObject([{ type: 'input', optional: false }]);
});

it('says why it could not be denied a moment ago, and asks again', () => {
  const form = denyForm({ ...asked, notice: 'Slack did not say who is in <!subteam^S0DBA>.' });
  expect(words(form)[3]).toBe(':warning: Slack did not say who is in <!subteam^S0DBA>.');
  expect(form.blocks).toHaveLength(3);
});

it('has nothing to send once there is nothing to deny', () => {
  const view = nothingToDeny('R-123456789012345', 'R-123456789012345 was already approved by <@U0BO>.');
  expect(checkModal(view)).toMatchObject({ ok: true });
  expect(view).not.toHaveProperty('submit');
});
