/** What a list of messages shows, from top to bottom: dividers, and messages with or without their writer's name. */
import type { SeenMessage } from '../../../../slack/act/seen.js';
import { dayName, dayOf, msOf } from './days.js';
import { isNews } from './unread.js';

export type Item =
  | { readonly kind: 'day'; readonly key: string; readonly name: string }
  | { readonly kind: 'new'; readonly key: string }
  | {
      readonly kind: 'message';
      readonly key: string;
      readonly message: SeenMessage;
      /** The first of several of one writer, which shows the name. */
      readonly first: boolean;
    };

export interface Listing {
  readonly zone: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Who reads. */
  readonly self: string;
  /** The timestamp after which everything is new; null: nothing is. */
  readonly newSince: string | null;
  /** Whether a message has replies: the next one shows its writer again. */
  hasReplies(ts: string): boolean;
}

/** Milliseconds within which messages of one writer stand together. */
const TOGETHER = 5 * 60_000;

/** @param messages the newest last */
export function itemsOf(messages: readonly SeenMessage[], listing: Listing): readonly Item[] {
  const { zone, now, self, newSince } = listing;
  const items: Item[] = [];
  let before: SeenMessage | null = null;
  let toldNew = newSince === null;
  for (const message of messages) {
    const { ts } = message;
    const ms = msOf(ts);
    const divided = items.length;
    if (before === null || dayOf(msOf(before.ts), zone) !== dayOf(ms, zone)) {
      items.push({ kind: 'day', key: `day ${dayOf(ms, zone)}`, name: dayName(ms, zone, now) });
    }
    if (!toldNew && newSince !== null && isNews(message, self, newSince)) {
      toldNew = true;
      items.push({ kind: 'new', key: 'new' });
    }
    const first =
      items.length > divided ||
      before === null ||
      before.user !== message.user ||
      before.ephemeral ||
      message.ephemeral ||
      ms - msOf(before.ts) > TOGETHER ||
      listing.hasReplies(before.ts);
    items.push({ kind: 'message', key: ts, message, first });
    before = message;
  }
  return items;
}
