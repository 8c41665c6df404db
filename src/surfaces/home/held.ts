/** What its reader holds: each with its end, the line that connects, and the buttons of its own message. */
import type { KnownBlock } from '@slack/types';
import { canEnd, isInForce, requestName } from '../../domain/request/request.js';
import { section } from '../kit/blocks.js';
import { code, escapeMrkdwn, when } from '../kit/text.js';
import { pausedParagraphs } from '../operators/pause.js';
import { psqlLine } from '../request/connect.js';
import { requesterButtons } from '../request/direct.js';
import { extensionAsked, headline, place } from '../request/state-words.js';
import type { HomeItem } from './item.js';

/** Longer ones are left out: cut, they would connect to something else. */
const MAX_COMMAND = 400;

export function heldBlocks({ request, scene }: HomeItem): readonly KnownBlock[] {
  const { role, expiresAt } = request;
  const what = `*${code(role)}* on ${place(scene)}`;
  const until = expiresAt === null ? '' : ` until ${when(expiresAt)}`;
  const { mark, title } = headline(request, request.requester);
  const first = isInForce(request) ? `:unlock: ${what}${until}` : `:${mark}: ${what}: ${title}`;
  const command = escapeMrkdwn(psqlLine(scene, request.login));
  const lines = [
    first,
    ...(isInForce(request) && command.length <= MAX_COMMAND ? [`\`${command}\``] : []),
    ...extensionAsked(request, request.requester),
    ...pausedParagraphs(request, scene.pause).filter((line) => typeof line === 'string'),
  ];
  const buttons = canEnd(request) ? requesterButtons(request, scene) : [];
  return [
    section(`${lines.join('\n')}\n${requestName(request.id)}`),
    ...(buttons.length > 0 ? [{ type: 'actions' as const, elements: [...buttons] }] : []),
  ];
}
