/** What its reader holds: each with its end, the line that connects, and the buttons of its own message. */
import type { KnownBlock } from '@slack/types';
import { canEnd, isInForce, requestName } from '../../domain/request/request.js';
import { section } from '../kit/blocks.js';
import { code, escapeMrkdwn, inline, when } from '../kit/text.js';
import { headlineWhilePaused } from '../operators/pause.js';
import { psqlLine } from '../request/connect.js';
import { emergencyHeadline } from '../request/emergency.js';
import { setRoleLine } from '../request/having-notes.js';
import { requesterButtons } from '../request/requester-buttons.js';
import { extensionAsked, headline, place } from '../request/state-words.js';
import type { HomeItem } from './item.js';

/** Longer ones are left out: cut, they would connect to something else. */
const MAX_COMMAND = 400;
const MAX_TROUBLE = 200;

export function heldBlocks({ request, scene }: HomeItem): readonly KnownBlock[] {
  const { role, login, expiresAt, trouble } = request;
  const what = `*${code(role)}* on ${place(scene)}`;
  const isUsable = isInForce(request) && expiresAt !== null;
  const { mark, title } =
    headlineWhilePaused(request, scene.pause) ??
    emergencyHeadline(request) ??
    headline(request, request.requester);
  const command = escapeMrkdwn(psqlLine(scene, login));
  const lines = [
    isUsable ? `:${mark}: ${what} until ${when(expiresAt)}` : `:${mark}: ${what}. ${title}`,
    ...(isUsable && command.length <= MAX_COMMAND ? [`\`${command}\``] : []),
    ...(isUsable ? setRoleLine(request, scene) : []),
    ...extensionAsked(request, request.requester),
    ...(trouble === null || scene.pause !== null ? [] : [inline(trouble, MAX_TROUBLE)]),
    `${requestName(request.id)} · login ${code(login)}`,
  ];
  const buttons = canEnd(request) ? requesterButtons(request, scene) : [];
  return [
    section(lines.join('\n')),
    ...(buttons.length > 0 ? [{ type: 'actions' as const, elements: [...buttons] }] : []),
  ];
}
