import type { HomeView, View } from '@slack/types';
import type { Message } from '../surfaces/kit/message.js';
import type { Unsaid } from '../surfaces/kit/unsaid.js';

/** What Slack says about a person; at most 60 s old. */
export interface Person {
  readonly id: string;
  /** Belongs to our workspace; others come through Slack Connect, or from elsewhere in an Enterprise organization. */
  readonly member: boolean;
  readonly name: string;
  /** null unless the address is confirmed and we can read it. */
  readonly email: string | null;
  /** Says that the app lacks the scope to read addresses, and where to add it; null when it seems to have it. */
  readonly emailUnread: string | null;
  readonly deactivated: boolean;
  readonly bot: boolean;
  /** Their time zone, an IANA name; null when Slack doesn't say. */
  readonly tz: string | null;
  /** A restricted or ultra-restricted (guest) account. */
  readonly guest: boolean;
}

export interface Identity {
  readonly teamId: string;
  /** The Enterprise organization of the workspace, if any. */
  readonly enterpriseId: string | null;
  /** null when Slack does not say. */
  readonly appId: string | null;
  /** Where people see it, with a slash at the end: "https://acme.slack.com/"; null when Slack does not say. */
  readonly url: string | null;
}

/** A message in Slack: the real channel id (`D…` for a direct message) and its timestamp. */
export interface Posted {
  readonly channel: string;
  readonly ts: string;
}

/** The only user of Slack's Web API. Every call has a timeout and throws a MessengerError. */
export interface Messenger {
  /** The workspace and the app that the bot token belongs to. */
  whoAmI(): Promise<Identity>;
  /** Asks Slack again; returns when it accepts the bot token. */
  checkToken(): Promise<void>;
  person(userId: string): Promise<Person>;
  /** The members of a user group; at most 60 s old. @param as `fresh`: Slack is asked, whatever is remembered. */
  members(groupId: string, as?: { readonly fresh?: boolean }): Promise<ReadonlySet<string>>;
  /** Why Slack didn't answer the last question about this person or group; null when it did. */
  whyUnsaid(id: string): Unsaid | null;
  /** Slack's answer to calls that need this scope while the app lacks it; null when the app has it. */
  lacks(scope: string): Promise<Unsaid | null>;
  /** The next question about this person or group is asked of Slack. */
  forget(id: string): void;
  /**
   * Posts to a channel, or to a person's direct messages when `to` is a user id.
   * @param as `thread`: the timestamp of the message that it answers; `key`: for `find`.
   */
  post(
    to: string,
    message: Message,
    as?: { readonly thread?: string | undefined; readonly key?: string },
  ): Promise<Posted>;
  /**
   * Our messages in this conversation with this key since then, the newest first. Slack keeps the key with the message, unseen
   * by people. Empty also where the app can't read messages (im:history, channels:history, groups:history).
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
  /**
   * Shows this on somebody's App Home. @param hash of what is to be replaced: `hash_conflict` when something else stands
   * there by now; null replaces whatever does. @returns the hash of what stands there then
   */
  publishHome(userId: string, view: HomeView, hash: string | null): Promise<string>;
}
