/** The form in which an operator says why granting is paused. */
import type { ModalView } from '@slack/types';
import { plain, section } from '../kit/blocks.js';
import { ACTIONS, BLOCKS, MAX_REASON, VIEWS } from '../kit/ids.js';
import { inline } from '../kit/text.js';

const MAX_NAME = 150;

/** @param targetName null: every instance. @param target its key, which the form keeps */
export function pauseForm(target: string | null, targetName: string | null): ModalView {
  const where = targetName === null ? 'every instance' : inline(targetName, MAX_NAME);
  return {
    type: 'modal',
    callback_id: VIEWS.pause,
    title: plain('Pause granting?'),
    submit: plain('Pause'),
    close: plain('Cancel'),
    private_metadata: JSON.stringify({ v: 1, target }),
    blocks: [
      section(
        `Nothing new is granted or extended on *${where}* until an operator resumes it. What is granted stays, and is revoked when its time is up. People can ask, and approvers decide.`,
      ),
      {
        type: 'input',
        block_id: BLOCKS.reason,
        label: plain('Why?'),
        hint: plain('Shown in the form, on cards that wait, and kept in the audit trail.'),
        element: {
          type: 'plain_text_input',
          action_id: ACTIONS.reason,
          max_length: MAX_REASON,
          focus_on_load: true,
        },
      },
    ],
  };
}

// What stands beside the field, in plain text; and what is said on Home, in mrkdwn.

export const pauseReasonMissing = (): string => `Say why, in up to ${MAX_REASON} characters.`;
export const onlyOperators = (): string => 'Only Hallpass’s operators can do that, so nothing was changed.';
export const noSuchInstance = (): string =>
  'That instance is not in the configuration any more, so nothing was changed.';
export const pausedAlready = (): string => 'Granting was paused there already. Nothing was changed.';
export const notPaused = (): string => 'Granting was not paused there any more. Nothing was changed.';
export const stillPaused = (): string =>
  'That pause is lifted, but granting is still paused on every instance.';
export const operatorsUnread = (): string =>
  'Slack doesn’t say who Hallpass’s operators are, so nothing was changed. Try again in a minute.';
