/**
 * App Home: what somebody holds, what waits for their decision, what they asked for, and what they may ask for. A pure
 * function of what the ledger says; at most 100 blocks (docs.slack.dev, "Home tabs").
 */
import type { HomeView, KnownBlock } from '@slack/types';
import { section } from '../kit/blocks.js';
import { askedBlocks } from './asked.js';
import { decideBlocks } from './decide.js';
import { heldBlocks } from './held.js';
import type { HomeItem, ToDecide } from './item.js';
import { listBlocks, type Page } from './list.js';
import { type MayAsk, mayAskBlocks } from './may-ask.js';

export interface HomeFacts {
  /** Slack user id. */
  readonly reader: string;
  /** What their last click here was answered with, in mrkdwn; null when there is nothing to say. */
  readonly notice: string | null;
  /** Why this account can't use Hallpass, in mrkdwn; null when it can. */
  readonly unfit: string | null;
  readonly held: Page<HomeItem>;
  readonly decide: Page<ToDecide>;
  readonly asked: Page<HomeItem>;
  readonly mayAsk: MayAsk;
}

export function home(facts: HomeFacts): HomeView {
  const { reader, notice, unfit } = facts;
  return {
    type: 'home',
    blocks: [
      ...(notice === null ? [] : noticeBlocks(notice)),
      ...(unfit === null ? [] : [section(unfit)]),
      ...listBlocks('held', 'What you hold', facts.held, heldBlocks, 'Nothing at the moment.'),
      ...(unfit === null
        ? [
            ...listBlocks(
              'decide',
              'Waiting for you',
              facts.decide,
              (item) => decideBlocks(item, reader),
              null,
            ),
            ...listBlocks(
              'asked',
              'What you asked for',
              facts.asked,
              (item) => askedBlocks(item, reader),
              null,
            ),
            ...mayAskBlocks(facts.mayAsk),
          ]
        : []),
    ],
  };
}

function noticeBlocks(notice: string): readonly KnownBlock[] {
  return [section(`:information_source: ${notice}`), { type: 'divider' }];
}
