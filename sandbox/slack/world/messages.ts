/** The messages of the workspace, and whom each of them buzzed. */

import type { JsonObject } from '../json.js';
import type { Block } from '../validate/blocks.js';
import type { Changes } from './changes.js';
import type { Timestamps } from './ids.js';
import { mentionsIn } from './mentions.js';
import type { Channel, Workspace } from './workspace.js';

export interface Message {
  readonly channel: string;
  readonly ts: string;
  readonly user: string;
  readonly text: string;
  readonly blocks: readonly Block[];
  /** Changed since it was posted. (Slack's own "edited" mark is drawn only where there are no blocks.) */
  readonly edited: boolean;
  /** The one person who sees it, for an ephemeral message. */
  readonly onlyFor: string | null;
  readonly threadTs: string | null;
  readonly metadata: JsonObject | null;
}

/** What rang a person's phone: a post, never an edit. It stays when the message is edited or deleted. */
export interface Notification {
  readonly channel: string;
  readonly ts: string;
  /** All that the phone shows. */
  readonly text: string;
  readonly why: 'direct message' | 'mention' | 'group mention' | 'everybody';
}

export type Draft = Pick<Message, 'channel' | 'user' | 'text' | 'blocks'> & Partial<Message>;

export class Messages {
  /** By place, in the order of their posts: an edit or a look costs the same among ten thousand as among ten. */
  #messages = new Map<string, Message>();
  #notifications = new Map<string, Notification[]>();
  #workspace: Workspace;
  #timestamps: Timestamps;
  #changes: Changes;

  constructor(workspace: Workspace, timestamps: Timestamps, changes: Changes) {
    this.#workspace = workspace;
    this.#timestamps = timestamps;
    this.#changes = changes;
  }

  post(draft: Draft): Message {
    const message: Message = {
      ts: this.#timestamps.next(),
      edited: false,
      onlyFor: null,
      threadTs: null,
      metadata: null,
      ...draft,
    };
    this.#messages.set(placeOf(message), message);
    const channel = this.#workspace.channel(message.channel);
    if (channel && message.onlyFor === null) this.#buzz(message, channel);
    this.#changes.tell('message', { channel: message.channel, ts: message.ts });
    return message;
  }

  /** Rewrites a message in place. Buzzes nobody. */
  edit(
    message: Message,
    content: Pick<Message, 'text' | 'blocks'> & Partial<Pick<Message, 'metadata'>>,
  ): Message {
    const edited: Message = { ...message, ...content, edited: true };
    // One that was deleted meanwhile stays deleted.
    if (this.#messages.has(placeOf(message))) this.#messages.set(placeOf(message), edited);
    this.#changes.tell('message_edited', { channel: message.channel, ts: message.ts });
    return edited;
  }

  delete(message: Message): void {
    this.#messages.delete(placeOf(message));
    this.#changes.tell('message_deleted', { channel: message.channel, ts: message.ts });
  }

  /** The message as it stands now, ephemeral ones included. */
  find(channel: string, ts: string): Message | undefined {
    return this.#messages.get(placeOf({ channel, ts }));
  }

  /** What a person sees in a channel, newest last. */
  seenBy(userId: string, channelId: string): readonly Message[] {
    return this.all.filter(
      ({ channel, onlyFor }) => channel === channelId && (onlyFor === null || onlyFor === userId),
    );
  }

  get all(): readonly Message[] {
    return [...this.#messages.values()];
  }

  notifications(userId: string): readonly Notification[] {
    return this.#notifications.get(userId) ?? [];
  }

  #buzz(message: Message, channel: Channel): void {
    const mentions = mentionsIn(message.text, message.blocks);
    const inGroups = new Set(
      [...mentions.groups].flatMap((group) => this.#workspace.group(group)?.members ?? []),
    );
    for (const id of channel.members) {
      const person = this.#workspace.person(id);
      if (!person || person.bot || person.deactivated || id === message.user) continue;
      const why = mentions.everybody
        ? 'everybody'
        : channel.kind === 'im'
          ? 'direct message'
          : mentions.users.has(id)
            ? 'mention'
            : inGroups.has(id)
              ? 'group mention'
              : null;
      if (why === null) continue;
      const { ts, text } = message;
      this.#notifications.set(id, [...this.notifications(id), { channel: channel.id, ts, text, why }]);
    }
  }
}

function placeOf({ channel, ts }: Pick<Message, 'channel' | 'ts'>): string {
  return `${channel}/${ts}`;
}
