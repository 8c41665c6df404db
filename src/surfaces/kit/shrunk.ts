/** What is left of a message when a newer one, or the card, has taken over its details and its buttons: one line. */
import { type AccessRequest, requestName } from '../../domain/request/request.js';
import { headlineSinceEnd } from '../request/came-back.js';
import { emergencyHeadline } from '../request/emergency.js';
import { headline } from '../request/state-words.js';
import type { Message, Scene } from './message.js';
import { code } from './text.js';

/** @param reader is called "you"; null for somebody else's request. */
export function line(request: AccessRequest, { strays }: Scene, reader: string | null): Message {
  const { mark, title } = headlineSinceEnd(strays) ?? emergencyHeadline(request) ?? headline(request, reader);
  const text = `${title} · ${requestName(request.id)} · ${code(request.target)} / ${code(request.role)}`;
  const shown = { type: 'mrkdwn' as const, text: `:${mark}: ${text}`, verbatim: true };
  return { text, blocks: [{ type: 'context', elements: [shown] }] };
}
