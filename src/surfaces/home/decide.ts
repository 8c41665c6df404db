/** What waits for its reader's decision: the facts of the card, and its buttons. */
import type { KnownBlock } from '@slack/types';
import { requestName } from '../../domain/request/request.js';
import { quotation, section } from '../kit/blocks.js';
import { escapeMrkdwn, ownWords } from '../kit/text.js';
import { progress } from '../request/approvals.js';
import { decisionButtons } from '../request/card.js';
import { roleLines } from '../request/preview.js';
import { extensionAsked, wish } from '../request/state-words.js';
import type { ToDecide } from './item.js';

/** The first lines of what a role can do: access, what is new, danger. */
const MOST_LINES = 3;

export function decideBlocks(
  { request, scene, preview, cardUrl }: ToDecide,
  reader: string,
): readonly KnownBlock[] {
  const id = requestName(request.id);
  const card = cardUrl === null ? id : `<${escapeMrkdwn(cardUrl)}|${id}>`;
  const asks = request.state === 'pending' ? [wish(request, scene, null)] : extensionAsked(request, reader);
  const needs =
    request.state === 'pending' && request.rules !== null
      ? [progress({ ...request, rules: request.rules, asked: request.asked }, reader)]
      : [];
  const lines = [
    `${card}: ${asks.join(' ')}`,
    ...roleLines(request.role, request.login, preview).slice(0, MOST_LINES),
    ...needs,
  ];
  return [
    section(lines.join('\n')),
    ...(ownWords(request.reason, 1) === '' ? [] : [quotation({ label: 'Reason:', words: request.reason })]),
    { type: 'actions', elements: [...decisionButtons(request, scene)] },
  ];
}
