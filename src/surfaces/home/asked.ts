/** What its reader asked for: what waits, and what became of the rest. */
import type { KnownBlock } from '@slack/types';
import { requestName } from '../../domain/request/request.js';
import { sectionWith } from '../kit/blocks.js';
import { code, when } from '../kit/text.js';
import { pausedParagraphs } from '../operators/pause.js';
import { requesterButtons } from '../request/requester-buttons.js';
import { headline, place } from '../request/state-words.js';
import { whoDecides } from '../request/who-decides.js';
import type { HomeItem } from './item.js';

export function askedBlocks({ request, scene }: HomeItem, reader: string): readonly KnownBlock[] {
  const { mark, title } = headline(request, reader);
  const isPending = request.state === 'pending';
  const waits = isPending
    ? [...whoDecides(request, reader), ...pausedParagraphs(request, scene.pause)].filter(
        (line) => typeof line === 'string',
      )
    : [];
  const lines = [
    `:${mark}: *${code(request.role)}* on ${place(scene)}. ${title}`,
    ...waits,
    `${requestName(request.id)} · ${when(request.endedAt ?? request.createdAt)}`,
  ];
  return [sectionWith(lines.join('\n'), requesterButtons(request, scene)[0])];
}
