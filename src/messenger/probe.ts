/** What `hallpass check` asks Slack beyond what a running Hallpass asks: reads for which an app may lack the scope. */
import { z } from 'zod';
import type { Logger } from '../logger.js';
import { createClient } from './client.js';
import { MessengerError, messengerError } from './errors.js';

/** Slack's most. */
const PAGE = 1_000;

const channel = z.object({
  name: z.string().optional(),
  is_private: z.boolean().optional(),
  is_archived: z.boolean().optional(),
  is_member: z.boolean().optional(),
});

const group = z.object({
  id: z.string(),
  handle: z.string(),
  /** 0 while it is in use. */
  date_delete: z.number().optional(),
  updated_by: z.string().nullish(),
  date_update: z.number().nullish(),
  users: z.array(z.string()).optional(),
});

export interface ChannelSeen {
  readonly name: string | null;
  readonly isPrivate: boolean;
  readonly isArchived: boolean;
  /** The bot is in it. */
  readonly isMember: boolean;
}

export interface GroupSeen {
  readonly handle: string;
  readonly isDisabled: boolean;
  readonly members: readonly string[];
  /** The Slack user, a person or an app's, who changed it or its members last; null: Slack doesn't say. */
  readonly changedBy: string | null;
  readonly changedAt: Date | null;
}

/** Each throws a MessengerError. */
export interface SlackProbe {
  /** Returns when Slack would open a Socket Mode connection for this app-level token; opens none. */
  checkAppToken(appToken: string): Promise<void>;
  channel(id: string): Promise<ChannelSeen>;
  channelMembers(id: string): Promise<ReadonlySet<string>>;
  /** All user groups of the workspace by id, with those that are disabled. */
  groups(): Promise<ReadonlyMap<string, GroupSeen>>;
}

/** `apiUrl` is Slack's own when null. */
export function createSlackProbe({
  botToken,
  apiUrl,
  logger,
}: {
  readonly botToken: string;
  readonly apiUrl: string | null;
  readonly logger: Logger;
}): SlackProbe {
  const bot = createClient(botToken, apiUrl, 1, logger);

  async function asking<T>(method: string, call: () => Promise<unknown>, answer: z.ZodType<T>): Promise<T> {
    const said = await call().catch((thrown: unknown) => {
      throw messengerError(method, thrown);
    });
    const parsed = answer.safeParse(said);
    if (parsed.success) return parsed.data;
    throw new MessengerError(`${method}: Slack's answer can't be understood.`, {
      code: 'unexpected_answer',
      passing: false,
      cause: parsed.error,
    });
  }

  return {
    checkAppToken: async (appToken) => {
      const app = createClient(appToken, apiUrl, 1, logger);
      await asking('apps.connections.open', () => app.apps.connections.open({}), z.unknown());
    },

    channel: async (id) => {
      const answer = z.object({ channel });
      const { channel: seen } = await asking(
        'conversations.info',
        () => bot.conversations.info({ channel: id }),
        answer,
      );
      return {
        name: seen.name ?? null,
        isPrivate: seen.is_private === true,
        isArchived: seen.is_archived === true,
        isMember: seen.is_member === true,
      };
    },

    channelMembers: async (id) => {
      const answer = z.object({
        members: z.array(z.string()),
        response_metadata: z.object({ next_cursor: z.string().optional() }).optional(),
      });
      const members = new Set<string>();
      let cursor: string | undefined;
      do {
        const page = { channel: id, limit: PAGE, ...(cursor ? { cursor } : {}) };
        const said = await asking('conversations.members', () => bot.conversations.members(page), answer);
        for (const member of said.members) members.add(member);
        cursor = said.response_metadata?.next_cursor;
      } while (cursor);
      return members;
    },

    groups: async () => {
      const { usergroups } = await asking(
        'usergroups.list',
        () => bot.usergroups.list({ include_users: true, include_disabled: true }),
        z.object({ usergroups: z.array(group) }),
      );
      return new Map(
        usergroups.map(({ id, handle, date_delete: deleted = 0, users = [], updated_by, date_update }) => [
          id,
          {
            handle,
            isDisabled: deleted > 0,
            members: users,
            changedBy: updated_by || null,
            changedAt: date_update ? new Date(date_update * 1_000) : null,
          },
        ]),
      );
    },
  };
}
