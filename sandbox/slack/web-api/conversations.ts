/** https://docs.slack.dev/reference/methods#conversations */
import { z } from 'zod';
import type { JsonObject } from '../json.js';
import type { Channel } from '../workspace.js';
import type { World } from '../world.js';
import { ApiError, type Method, method, needScope, wholeNumber } from './method.js';

const READ = { public: 'channels:read', private: 'groups:read', im: 'im:read' } as const;

export const conversations: Readonly<Record<string, Method>> = {
  'conversations.open': method({
    scopes: ['im:write'],
    args: z.object({ users: z.string().optional(), channel: z.string().optional() }),
    run: ({ workspace }, args) => {
      if (args.channel !== undefined) {
        const channel = workspace.channel(args.channel);
        if (channel?.kind !== 'im') throw new ApiError('channel_not_found');
        return { channel: { id: channel.id } };
      }
      if (!args.users) throw new ApiError('users_list_not_supplied');
      // Conversations of several people are no part of this workspace.
      const person = workspace.person(args.users);
      if (!person) throw new ApiError('user_not_found');
      if (person.deactivated) throw new ApiError('user_disabled');
      return { channel: { id: workspace.directChannel(person.id).id } };
    },
  }),

  'conversations.info': method({
    args: z.object({ channel: z.string() }),
    run: (world, args) => ({ channel: channelObject(world, readable(world, args.channel)) }),
  }),

  'conversations.members': method({
    args: z.object({
      channel: z.string(),
      cursor: z.string().optional(),
      limit: wholeNumber.max(1000).default(100),
    }),
    run: (world, args) => {
      const { members } = readable(world, args.channel);
      const start = args.cursor ? Number(Buffer.from(args.cursor, 'base64').toString()) : 0;
      if (!Number.isInteger(start)) throw new ApiError('invalid_cursor');
      const end = start + args.limit;
      const next = end < members.length ? Buffer.from(String(end)).toString('base64') : '';
      return { members: members.slice(start, end), response_metadata: { next_cursor: next } };
    },
  }),
};

/** Throws `missing_scope` for the kind of channel, or `channel_not_found`. */
function readable(world: World, id: string): Channel {
  const channel = world.workspace.channel(id);
  if (!channel) throw new ApiError('channel_not_found');
  needScope(world, READ[channel.kind]);
  const inside = channel.members.includes(world.app.botUserId);
  if (channel.kind !== 'public' && !inside) throw new ApiError('channel_not_found');
  return channel;
}

function channelObject({ app }: World, { id, name, kind, archived, members }: Channel): JsonObject {
  if (kind === 'im') {
    return {
      id,
      is_im: true,
      is_archived: archived,
      user: members.find((member) => member !== app.botUserId),
    };
  }
  return {
    id,
    name,
    is_channel: true,
    is_im: false,
    is_private: kind === 'private',
    is_archived: archived,
    is_member: members.includes(app.botUserId),
    num_members: members.length,
    context_team_id: app.teamId,
  };
}
