import type { View } from '@slack/types';
import type { Message } from '../surfaces/message.js';

/** What Slack says of a person; at most 60 s old. */
export interface Person {
  readonly id: string;
  /** They belong to our workspace; others are seen through Slack Connect, or elsewhere in an Enterprise organisation. */
  readonly member: boolean;
  readonly name: string;
  /** null unless the address is confirmed and we may read it. */
  readonly email: string | null;
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
interface Posted {
  readonly channel: string;
  readonly ts: string;
}

/** Outward to Slack; the only user of its Web API. Every call has a timeout and throws a MessengerError. */
export interface Messenger {
  /** The workspace and the app that the bot token belongs to. */
  whoAmI(): Promise<Identity>;
  /** Returns when Slack takes the bot token, asked anew. */
  checkToken(): Promise<void>;
  person(userId: string): Promise<Person>;
  /** The members of a user group; at most 60 s old. */
  members(groupId: string): Promise<ReadonlySet<string>>;
  /** What is remembered of a person or a group is asked anew. */
  forget(id: string): void;
  /**
   * Posts to a channel, or to a person's direct messages when `to` is a user id.
   * @param thread the timestamp of the message there that it answers.
   */
  post(to: string, message: Message, thread?: string): Promise<Posted>;
  update(where: Posted, message: Message): Promise<void>;
  delete(where: Posted): Promise<void>;
  openView(triggerId: string, view: View): Promise<void>;
  updateView(view: { id: string; hash: string | null }, next: View): Promise<void>;
}
