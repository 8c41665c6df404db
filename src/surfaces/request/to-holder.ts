/** What every note to somebody who has access ends with. */
import type { AccessRequest } from '../../domain/request/request.js';
import { compose } from '../kit/blocks.js';
import type { Message, Scene } from '../kit/message.js';
import { when } from '../kit/text.js';
import { sameAgain } from './repeat.js';
import { requesterButtons } from './requester-buttons.js';
import { footer } from './state-words.js';

/** A note that says this, then what is approved again, what they can do, and which request it is. */
export function toHolder(
  request: AccessRequest,
  scene: Scene,
  { paragraphs, ...title }: Pick<Parameters<typeof compose>[0], 'mark' | 'title' | 'paragraphs'>,
): Message {
  return compose({
    ...title,
    paragraphs: [...paragraphs, ...sameAgain(scene, request.requester)],
    buttons: requesterButtons(request, scene),
    footer: footer(request),
  });
}

export function until({ expiresAt }: AccessRequest): string {
  return expiresAt === null ? '' : ` until ${when(expiresAt)}`;
}
