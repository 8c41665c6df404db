/** What its reader may ask for: a search over all instances, and the form. */
import type { KnownBlock } from '@slack/types';
import { plain, section } from '../kit/blocks.js';
import { ACTIONS } from '../kit/ids.js';
import { inline } from '../kit/text.js';
import { firstOf } from '../kit/words.js';

export interface MayAsk {
  /** The names of the instances with a role for them. */
  readonly instances: readonly string[];
  /** Why there is none, in plain text; null when there are some. */
  readonly why: string | null;
  /** "/request". */
  readonly command: string;
}

/** Names of instances in the sentence; the rest is counted. */
const MOST = 8;
const MAX_NAME = 60;

export function mayAskBlocks({ instances, why, command }: MayAsk): readonly KnownBlock[] {
  const names = firstOf(
    instances.map((name) => inline(name, MAX_NAME)),
    MOST,
  );
  return [
    { type: 'header', text: plain('What you can ask for') },
    ...(why === null ? [section(`Roles on ${names}.`)] : [{ type: 'section' as const, text: plain(why) }]),
    ...(why === null
      ? [
          {
            type: 'actions' as const,
            elements: [
              {
                type: 'button' as const,
                action_id: ACTIONS.homeRequest,
                text: plain('Request access'),
                style: 'primary' as const,
              },
              {
                type: 'external_select' as const,
                action_id: ACTIONS.homeTarget,
                placeholder: plain('Find an instance'),
                min_query_length: 0,
              },
            ],
          },
        ]
      : []),
    {
      type: 'context',
      elements: [
        { type: 'mrkdwn', text: `You can also type \`${command}\` in any channel.`, verbatim: true },
      ],
    },
  ];
}
