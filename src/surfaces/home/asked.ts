/** What its reader asked for: what waits, and what became of the rest. */
import type { KnownBlock } from '@slack/types';
import { requestName } from '../../domain/request/request.js';
import { section } from '../kit/blocks.js';
import { code, when } from '../kit/text.js';
import { requesterButtons } from '../request/direct.js';
import { headline, place } from '../request/state-words.js';
import { whoDecides } from '../request/who-decides.js';
import type { HomeItem } from './item.js';

export function askedBlocks({ request, scene }: HomeItem, reader: string): readonly KnownBlock[] {
  const { mark, title } = headline(request, reader);
  const isPending = request.state === 'pending';
  const lines = [
    `:${mark}: *${title}*: ${code(request.role)} on ${place(scene)} (${requestName(request.id)}, ${when(request.endedAt ?? request.createdAt)})`,
    ...(isPending ? whoDecides(request, reader).filter((line) => typeof line === 'string') : []),
  ];
  const buttons = isPending ? requesterButtons(request, scene) : [];
  return [
    section(lines.join('\n')),
    ...(buttons.length > 0 ? [{ type: 'actions' as const, elements: [...buttons] }] : []),
  ];
}
