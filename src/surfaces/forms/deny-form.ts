/** The form in which an approver says why they deny a request, and what it shows when that can't be done. */
import type { InputBlock, ModalView } from '@slack/types';
import type { AccessRequest } from '../../domain/request/request.js';
import { plain, section } from '../kit/blocks.js';
import { ACTIONS, BLOCKS, MAX_REASON, VIEWS } from '../kit/ids.js';
import { truncate } from '../kit/text.js';
import { extensionAsked, type Where, wish } from '../request/state-words.js';

export interface DenyForm {
  /** As the button names it: "R-1042". */
  readonly requestId: string;
  /** The card that was clicked, because what is sent of a form names no message; null on App Home. */
  readonly clicked: { readonly channel: string; readonly ts: string } | null;
  /** What is denied; null when that wasn't read in time. */
  readonly what: { readonly request: AccessRequest; readonly where: Where } | null;
  readonly reasonRequired: boolean;
  /** Why it could not be denied a moment ago, in mrkdwn; null as the form opens. */
  readonly notice: string | null;
}

export function denyForm({ requestId, clicked, what, reasonRequired, notice }: DenyForm): ModalView {
  return {
    ...frame(requestId),
    submit: plain('Deny'),
    close: plain('Cancel'),
    private_metadata: JSON.stringify({ v: 1, request: requestId, ...clicked }),
    blocks: [
      ...(notice === null ? [] : [section(`:warning: ${notice}`)]),
      ...(what === null
        ? []
        : [
            section([wish(what.request, what.where, null), ...extensionAsked(what.request, null)].join('\n')),
          ]),
      reasonInput(reasonRequired),
    ],
  };
}

/** The form, once there is nothing to deny any more, or not for this person. @param why mrkdwn. */
export function nothingToDeny(requestId: string, why: string): ModalView {
  return { ...frame(requestId), close: plain('Close'), blocks: [section(why)] };
}

function frame(requestId: string): Pick<ModalView, 'type' | 'callback_id' | 'title'> {
  return { type: 'modal', callback_id: VIEWS.deny, title: plain(truncate(`Deny ${requestId}`, 24)) };
}

function reasonInput(required: boolean): InputBlock {
  return {
    type: 'input',
    block_id: BLOCKS.reason,
    optional: !required,
    label: plain('Reason'),
    hint: plain('The requester and the other approvers see it, and it is kept in the audit trail.'),
    element: {
      type: 'plain_text_input',
      action_id: ACTIONS.reason,
      multiline: true,
      max_length: MAX_REASON,
      focus_on_load: true,
      placeholder: plain('What speaks against it, or what to ask for instead'),
    },
  };
}
