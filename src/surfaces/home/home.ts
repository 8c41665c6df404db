/**
 * App Home: what someone holds, what waits for their decision, what they asked for, and what they may ask for; then what
 * operators see. A pure function of what the ledger says; at most 100 blocks (docs.slack.dev, "Home tabs").
 */
import type { HomeView, KnownBlock } from '@slack/types';
import { section } from '../kit/blocks.js';
import { askedBlocks } from './asked.js';
import { decideBlocks } from './decide.js';
import { heldBlocks } from './held.js';
import type { HomeItem, ToDecide } from './item.js';
import { listBlocks, type Page } from './list.js';
import { type MayAsk, mayAskBlocks } from './may-ask.js';
import { type OperatorsPart, operatorsBlocks } from './operators.js';
import { repeatBlocks } from './repeats.js';
import { reviewBlocks } from './review.js';

export interface HomeFacts {
  /** Slack user id. */
  readonly reader: string;
  /** What their last click here was answered with, in mrkdwn; null when there is nothing to say. */
  readonly notice: string | null;
  /** Why this account can't use Hallpass, or can't be told yet, in mrkdwn; null when it can use it. */
  readonly unfit: string | null;
  /** In mrkdwn: what is not shown, because Slack didn't say who is in a group; null when all is. */
  readonly unread: string | null;
  readonly held: Page<HomeItem>;
  readonly decide: Page<ToDecide>;
  readonly review: Page<HomeItem>;
  readonly asked: Page<HomeItem>;
  readonly repeats: Page<HomeItem>;
  /** Null: they may not ask. */
  readonly mayAsk: MayAsk | null;
  /** Null: they are no operator. */
  readonly operators: OperatorsPart | null;
}

export function home(facts: HomeFacts): HomeView {
  const { reader, notice, unfit, unread, mayAsk, operators } = facts;
  return {
    type: 'home',
    blocks: [
      ...(notice === null ? [] : noticeBlocks(notice)),
      ...(unfit === null ? [] : [section(`:warning: ${unfit}`)]),
      ...listBlocks('held', 'What you hold', facts.held, heldBlocks, 'Nothing at the moment.'),
      ...listBlocks('decide', 'Waiting for you', facts.decide, (item) => decideBlocks(item, reader), null),
      ...listBlocks('review', 'Emergencies to review', facts.review, reviewBlocks, null),
      ...(unread === null ? [] : [section(`:warning: ${unread}`)]),
      ...listBlocks('asked', 'What you asked for', facts.asked, (item) => askedBlocks(item, reader), null),
      ...listBlocks('repeats', 'Approved again', facts.repeats, (item) => repeatBlocks(item, reader), null),
      ...(mayAsk === null ? [] : mayAskBlocks(mayAsk)),
      ...(operators === null ? [] : operatorsBlocks(operators)),
    ],
  };
}

/** While the ledger doesn't answer: nothing that Hallpass could show is known to be true. @param notice mrkdwn */
export function unreadHome(notice: string | null): HomeView {
  return {
    type: 'home',
    blocks: [
      ...(notice === null ? [] : noticeBlocks(notice)),
      section(
        ':warning: *Hallpass can’t reach its ledger, so it can’t show what you hold.*\nThis page comes back by itself; if it doesn’t within a few minutes, tell a Hallpass operator.',
      ),
    ],
  };
}

function noticeBlocks(notice: string): readonly KnownBlock[] {
  return [section(`:information_source: ${notice}`), { type: 'divider' }];
}
