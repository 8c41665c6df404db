/** What an app may answer when it acknowledges, and what it does to the person's screen. */
import { z } from 'zod';
import { isObject, type Json } from '../json.js';
import { type Option, suggestedGroups, suggestedOptions } from '../validate/objects.js';
import { check } from '../validate/report.js';
import { checkModal, type ModalView } from '../validate/view.js';
import type { OpenView } from '../world/screens.js';

/** An acknowledgement that Slack cannot use; the message says why. */
export class BadAck extends Error {}

export type SubmissionAck =
  | { readonly does: 'close' | 'clear' }
  | { readonly does: 'errors'; readonly errors: Readonly<Record<string, string>> }
  | { readonly does: 'update' | 'push'; readonly view: ModalView };

const submissionAck = z.discriminatedUnion('response_action', [
  z.object({ response_action: z.literal('errors'), errors: z.record(z.string(), z.string().min(1)) }),
  z.object({ response_action: z.literal('update'), view: z.unknown() }),
  z.object({ response_action: z.literal('push'), view: z.unknown() }),
  z.object({ response_action: z.literal('clear') }),
]);

export function readSubmissionAck(body: Json, open: OpenView): SubmissionAck {
  if (isEmpty(body)) return { does: 'close' };
  const ack = valid(check(submissionAck, body, []));
  switch (ack.response_action) {
    case 'clear':
      return { does: 'clear' };
    case 'update':
    case 'push':
      return { does: ack.response_action, view: valid(checkModal(ack.view)) };
    case 'errors': {
      const inputs = open.view.blocks.filter(({ type }) => type === 'input').map(({ block_id }) => block_id);
      const strangers = Object.keys(ack.errors).filter((blockId) => !inputs.includes(blockId));
      if (strangers.length > 0) {
        throw new BadAck(`errors name blocks that are no inputs of the view: ${strangers.join(', ')}`);
      }
      if (Object.keys(ack.errors).length === 0) throw new BadAck('errors is empty');
      return { does: 'errors', errors: ack.errors };
    }
  }
}

/** The options offered, those of groups too. */
export function readSuggestions(body: Json): readonly Option[] {
  if (isObject(body) && 'option_groups' in body) {
    return valid(check(suggestedGroups, body, [])).option_groups.flatMap(({ options }) => options);
  }
  return valid(check(suggestedOptions, body, [])).options;
}

/** For payloads to which nothing can be answered. */
export function readEmptyAck(body: Json): void {
  if (!isEmpty(body)) throw new BadAck(`nothing can be answered here, but was: ${JSON.stringify(body)}`);
}

export function isEmpty(body: Json): boolean {
  return body === null || (isObject(body) && Object.keys(body).length === 0);
}

function valid<T>(checked: ReturnType<typeof check<T>>): T {
  if (!checked.ok) throw new BadAck(checked.messages.join('; '));
  return checked.value;
}
