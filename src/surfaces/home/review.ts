/** Emergencies of others that wait for its reader to say whether they were justified. */
import type { KnownBlock } from '@slack/types';
import { requestName } from '../../domain/request/request.js';
import { quotation, section } from '../kit/blocks.js';
import { ownWords } from '../kit/text.js';
import { used, verdictButtons } from '../operators/emergencies.js';
import type { HomeItem } from './item.js';

export function reviewBlocks({ request, scene }: HomeItem): readonly KnownBlock[] {
  return [
    section(`:rotating_light: ${requestName(request.id)}: ${used(request, scene)}`),
    ...(ownWords(request.reason, 1) === '' ? [] : [quotation({ label: 'Reason:', words: request.reason })]),
    { type: 'actions', elements: [...verdictButtons(request)] },
  ];
}
