import type { View } from '@slack/types';
import type { Message } from '../surfaces/message.js';
import type { Unsaid } from '../surfaces/unsaid.js';

/** What Slack says of a person; at most 60 s old. */
export interface Person {
  readonly id: string;
  /** They belong to our workspace; others are seen through Slack Connect, or elsewhere in an Enterprise organisation. */
  readonly member: boolean;
  readonly name: string;
  /** null unless the address is confirmed and we may read it. */
  readonly email: string | null;
  /** Sentences: the app lacks the scope to read addresses, and where to add it. null when it has it, as far as is known. */
  readonly emailUnread: string | null;
  readonly deactivated: boolean;
  readonly bot: boolean;
  /** A restricted or ultra-restricted (guest) account. */
  readonly guest: boolean;
}

export interface Identity {
  readonly teamId: string;
  /** The Enterprise organisation that the workspace belongs to; null: to none. */
  readonly enterpriseId: string | null;
  /** null when Slack does not say. */
  readonly appId: string | null;
}

/** Where a message stands in Slack: the real channel id (`D…` for a direct message) and its timestamp. */
export interface Posted {
  readonly channel: string;
  readonly ts: string;
}

/** Outward to Slack; the only user of its Web API. Every call has a timeout and throws a MessengerError. */
export interface Messenger {
  /** The workspace and the app that the bot token belongs to. */
  whoAmI(): Promise<Identity>;
  /** Returns when Slack takes the bot token, asked again. */
  checkToken(): Promise<void>;
  person(userId: string): Promise<Person>;
  /** The members of a user group; at most 60 s old. */
  members(groupId: string): Promise<ReadonlySet<string>>;
  /** Why Slack did not say, when it was asked last, who this person or who is in this group; null when it did. */
  whyUnsaid(id: string): Unsaid | null;
  /** What Slack answers to calls that need this scope, as long as the app lacks it; null when the app has it. */
  lacks(scope: string): Promise<Unsaid | null>;
  /** What is remembered of a person or a group is asked again. */
  forget(id: string): void;
  /**
   * Posts to a channel, or to a person's direct messages when `to` is a user id.
   * @param as `thread`: the timestamp of the message there that it answers; `key`: by which `find` finds it.
   */
  post(
    to: string,
    message: Message,
    as?: { readonly thread?: string | undefined; readonly key?: string },
  ): Promise<Posted>;
  /**
   * Our messages that were posted in this conversation with this key since then, the newest first. Slack keeps the key with
   * the message, and nobody sees it. Empty also where the app may not read what was said (im:history, channels:history,
   * groups:history).
   */
  find(
    where: { readonly channel: string; readonly thread: string | undefined },
    key: string,
    since: Date,
  ): Promise<readonly Posted[]>;
  update(where: Posted, message: Message): Promise<void>;
  delete(where: Posted): Promise<void>;
  openView(triggerId: string, view: View): Promise<void>;
  updateView(view: { id: string; hash: string | null }, next: View): Promise<void>;
}
