/** https://docs.slack.dev/reference/methods#conversations */
import { z } from 'zod';
import { messageObject } from '../delivery/payloads.js';
import type { JsonObject } from '../json.js';
import type { Message } from '../world/messages.js';
import type { Channel } from '../world/workspace.js';
import type { World } from '../world/world.js';
import { ApiError, flag, type Method, method, needScope, wholeNumber } from './method.js';

const HISTORY = { public: 'channels:history', private: 'groups:history', im: 'im:history' } as const;
const timeline = {
  channel: z.string(),
  oldest: z.string().optional(),
  latest: z.string().optional(),
  include_all_metadata: flag.optional(),
  cursor: z.string().optional(),
  limit: wholeNumber.max(999).default(100),
};

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

  /** The newest first, without the replies of threads. */
  'conversations.history': method({
    args: z.object(timeline),
    run: (world, args) => {
      const { id } = history(world, args.channel);
      const about = world.messages.all.filter(({ channel, threadTs }) => channel === id && threadTs === null);
      return page(world, about.reverse(), args);
    },
  }),

  /** A thread, its first message first. */
  'conversations.replies': method({
    args: z.object({ ...timeline, ts: z.string() }),
    run: (world, args) => {
      const { id } = history(world, args.channel);
      const thread = world.messages.all.filter(
        ({ channel, threadTs, ts }) => channel === id && (ts === args.ts || threadTs === args.ts),
      );
      if (thread.length === 0) throw new ApiError('thread_not_found');
      return page(world, thread, args);
    },
  }),

  'conversations.members': method({
    args: z.object({
      channel: z.string(),
      cursor: z.string().optional(),
      limit: wholeNumber.max(1000).default(100),
    }),
    run: (world, args) => {
      const { members } = readable(world, args.channel);
      const { shown, next } = cut(members, args);
      return { members: shown, response_metadata: { next_cursor: next } };
    },
  }),
};

/** One page, and the cursor of the next; '' when there is none. Throws `invalid_cursor`. */
function cut<T>(
  all: readonly T[],
  { cursor, limit }: { readonly cursor?: string | undefined; readonly limit: number },
): { readonly shown: readonly T[]; readonly next: string } {
  const start = cursor ? Number(Buffer.from(cursor, 'base64').toString()) : 0;
  if (!Number.isInteger(start)) throw new ApiError('invalid_cursor');
  const end = start + limit;
  return {
    shown: all.slice(start, end),
    next: end < all.length ? Buffer.from(String(end)).toString('base64') : '',
  };
}

function page(
  world: World,
  all: readonly Message[],
  args: {
    readonly oldest?: string | undefined;
    readonly latest?: string | undefined;
    readonly include_all_metadata?: boolean | undefined;
    readonly cursor?: string | undefined;
    readonly limit: number;
  },
): JsonObject {
  const { oldest = '0', latest = 'Infinity' } = args;
  const seen = all.filter(
    ({ ts, onlyFor }) => onlyFor === null && Number(ts) > Number(oldest) && Number(ts) < Number(latest),
  );
  const { shown, next } = cut(seen, args);
  return {
    messages: shown.map((message) =>
      messageObject(world, args.include_all_metadata ? message : { ...message, metadata: null }),
    ),
    has_more: next !== '',
    ...(next === '' ? {} : { response_metadata: { next_cursor: next } }),
  };
}

/** Only those who are in a conversation can read what was said there. Throws `missing_scope` for its kind, too. */
function history(world: World, id: string): Channel {
  const channel = world.workspace.channel(id);
  if (!channel) throw new ApiError('channel_not_found');
  needScope(world, HISTORY[channel.kind]);
  if (!channel.members.includes(world.app.botUserId)) {
    throw new ApiError(channel.kind === 'public' ? 'not_in_channel' : 'channel_not_found');
  }
  return channel;
}

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
