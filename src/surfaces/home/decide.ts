/** What waits for its reader's decision: the facts of the card, and its buttons. */
import type { KnownBlock } from '@slack/types';
import { requestName } from '../../domain/request/request.js';
import { quotation, section } from '../kit/blocks.js';
import { escapeMrkdwn, ownWords } from '../kit/text.js';
import { isPlain, progress } from '../request/approvals.js';
import { decisionButtons } from '../request/card.js';
import { roleLines } from '../request/preview.js';
import { extensionAsked, wish } from '../request/state-words.js';
import type { ToDecide } from './item.js';

export function decideBlocks(
  { request, scene, preview, cardUrl }: ToDecide,
  reader: string,
): readonly KnownBlock[] {
  const id = requestName(request.id);
  const card = cardUrl === null ? id : `<${escapeMrkdwn(cardUrl)}|${id}>`;
  const { rules, asked } = request;
  const asks =
    request.state === 'pending' ? [wish(request, scene, null)] : [...extensionAsked(request, reader)];
  // Who can decide is no news to someone who can; how far several approvals are, is.
  const needs =
    request.state === 'pending' && rules !== null && !isPlain(rules)
      ? [progress({ ...request, rules, asked }, reader)]
      : [];
  const [access, ...more] = roleLines(request.role, request.login, preview);
  const danger = more.find((line) => line.startsWith('*Danger:*'));
  const can = [access, danger].filter((line) => line !== undefined).join('. ');
  return [
    section([`${card}: ${asks.join(' ')}`, ...(can === '' ? [] : [can]), ...needs].join('\n')),
    ...(ownWords(request.reason, 1) === '' ? [] : [quotation({ label: 'Reason:', words: request.reason })]),
    { type: 'actions', elements: [...decisionButtons(request, scene)] },
  ];
}
