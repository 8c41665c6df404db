/** https://docs.slack.dev/reference/methods#chat */
import { z } from 'zod';
import { messageObject } from '../delivery/payloads.js';
import type { Message } from '../world/messages.js';
import type { Channel } from '../world/workspace.js';
import type { World } from '../world/world.js';
import { blocksOf, contentOf, metadataOf } from './content.js';
import { ApiError, type Method, method, structure } from './method.js';

const LONGEST_UPDATE = 4000;

const content = {
  text: z.string().optional(),
  blocks: structure.optional(),
  metadata: structure.optional(),
  thread_ts: z.string().optional(),
};
const place = { channel: z.string(), ts: z.string() };

export const chat: Readonly<Record<string, Method>> = {
  'chat.postMessage': method({
    scopes: ['chat:write'],
    args: z.object({ channel: z.string(), ...content }),
    run: (world, args) => {
      const channel = postable(world, args.channel);
      const message = world.messages.post({
        ...contentOf(args),
        channel: channel.id,
        user: world.app.botUserId,
        threadTs: args.thread_ts ?? null,
        metadata: metadataOf(args.metadata),
      });
      return { channel: channel.id, ts: message.ts, message: messageObject(world, message) };
    },
  }),

  'chat.update': method({
    scopes: ['chat:write'],
    args: z.object({ ...place, ...content }),
    run: (world, args) => {
      const message = ownMessage(world, args, 'cant_update_message');
      if (world.workspace.channel(message.channel)?.archived === true) throw new ApiError('is_inactive');
      if (args.text === undefined && args.blocks === undefined) throw new ApiError('no_text');
      if ((args.text?.length ?? 0) > LONGEST_UPDATE) throw new ApiError('msg_too_long');
      const edited = world.messages.edit(message, {
        // Text alone takes the blocks away; blocks alone leave the old text to the notifications.
        text: args.text ?? message.text,
        blocks: blocksOf(args.blocks),
        ...(args.metadata === undefined ? {} : { metadata: metadataOf(args.metadata) }),
      });
      return {
        channel: edited.channel,
        ts: edited.ts,
        text: edited.text,
        message: messageObject(world, edited),
      };
    },
  }),

  'chat.delete': method({
    scopes: ['chat:write'],
    args: z.object(place),
    run: (world, args) => {
      const message = ownMessage(world, args, 'cant_delete_message');
      world.messages.delete(message);
      return { channel: message.channel, ts: message.ts };
    },
  }),

  'chat.postEphemeral': method({
    scopes: ['chat:write'],
    args: z.object({ channel: z.string(), user: z.string(), ...content }),
    run: (world, args) => {
      const channel = world.workspace.channel(args.channel);
      if (!channel) throw new ApiError('channel_not_found');
      checkPostable(world, channel);
      if (!channel.members.includes(args.user)) throw new ApiError('user_not_in_channel');
      const message = world.messages.post({
        ...contentOf(args),
        channel: channel.id,
        user: world.app.botUserId,
        onlyFor: args.user,
        threadTs: args.thread_ts ?? null,
      });
      return { message_ts: message.ts };
    },
  }),

  'chat.getPermalink': method({
    args: z.object({ channel: z.string(), message_ts: z.string() }),
    run: (world, args) => {
      const { channel, ts } = visibleMessage(world, { channel: args.channel, ts: args.message_ts });
      const permalink = `https://${world.workspace.domain}.slack.com/archives/${channel}/p${ts.replace('.', '')}`;
      return { channel, permalink };
    },
  }),
};

/** Where a message goes; a person's id means the app's direct messages with them, opened if need be. */
function postable(world: World, id: string): Channel {
  const { workspace } = world;
  const person = workspace.person(id);
  if (person?.deactivated || person?.bot) throw new ApiError('channel_not_found');
  const channel = person ? workspace.directChannel(id) : workspace.channel(id);
  if (!channel) throw new ApiError('channel_not_found');
  checkPostable(world, channel);
  return channel;
}

function checkPostable({ workspace, app }: World, channel: Channel): void {
  if (channel.kind === 'im' && !workspace.messagesTab) throw new ApiError('messages_tab_disabled');
  if (!channel.members.includes(app.botUserId)) {
    if (channel.kind === 'private') throw new ApiError('channel_not_found');
    if (!workspace.scopes.has('chat:write.public')) throw new ApiError('not_in_channel');
  }
  if (channel.archived) throw new ApiError('is_archived');
}

/** Takes real channel ids only: a person's id is `channel_not_found` here. Ephemeral messages cannot be found. */
function visibleMessage({ workspace, messages }: World, where: { channel: string; ts: string }): Message {
  if (!workspace.channel(where.channel)) throw new ApiError('channel_not_found');
  const message = messages.find(where.channel, where.ts);
  if (!message || message.onlyFor !== null) throw new ApiError('message_not_found');
  return message;
}

function ownMessage(world: World, where: { channel: string; ts: string }, otherwise: string): Message {
  const message = visibleMessage(world, where);
  if (message.user !== world.app.botUserId) throw new ApiError(otherwise);
  return message;
}
