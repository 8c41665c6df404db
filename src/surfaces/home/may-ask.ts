/** What its reader may ask for: the form, and a search over all instances that opens it. */
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
  /** How often something was chosen here: the search is empty again after each time. */
  readonly choices: number;
}

/** Names of instances in the sentence; the rest is counted. */
const MOST = 8;
const MAX_NAME = 60;

export function mayAskBlocks({ instances, why, command, choices }: MayAsk): readonly KnownBlock[] {
  const heading: KnownBlock = { type: 'header', text: plain('What you can ask for') };
  if (why !== null) return [heading, { type: 'section', text: plain(why) }];
  const names = firstOf(
    instances.map((name) => inline(name, MAX_NAME)),
    MOST,
  );
  return [
    heading,
    section(`Roles on ${names}. You can also type \`${command}\` in any channel.`),
    {
      type: 'actions',
      block_id: `ask:${choices}`,
      elements: [
        {
          type: 'button',
          action_id: ACTIONS.homeRequest,
          text: plain('Request access'),
          style: 'primary',
        },
        {
          type: 'external_select',
          action_id: ACTIONS.homeTarget,
          placeholder: plain('Find an instance'),
          min_query_length: 0,
        },
      ],
    },
  ];
}
