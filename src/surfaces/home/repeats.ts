/** What was approved for longer than one request, for its holder and for who chose it. */
import type { KnownBlock } from '@slack/types';
import { sayDuration } from '../../domain/duration.js';
import { requestName } from '../../domain/request/request.js';
import { sectionWith } from '../kit/blocks.js';
import { code, mention, when, who } from '../kit/text.js';
import { endRepeatButton } from '../request/repeat.js';
import { place } from '../request/state-words.js';
import type { HomeItem } from './item.js';

/** Nothing for a request under which nothing is approved again. */
export function repeatBlocks({ request, scene }: HomeItem, reader: string): readonly KnownBlock[] {
  const made = scene.again?.made ?? null;
  if (made === null) return [];
  const isOwn = made.requester === reader;
  const gets = isOwn ? 'You get' : `${mention(made.requester)} gets`;
  const lines = [
    `:repeat: ${gets} *${code(made.role)}* on ${place(scene)} at once until ${when(made.until)}`,
    `At most ${sayDuration(made.maxMs)} each time · approved by ${who(made.approver, reader)} · ${requestName(request.id)}`,
  ];
  return [sectionWith(lines.join('\n'), endRepeatButton(request, scene)[0])];
}
