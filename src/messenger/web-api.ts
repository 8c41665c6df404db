/** The Messenger on Slack's Web API. Only reads are tried once more: see client.ts. */
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { createCache } from '../cache.js';
import type { Logger } from '../logger.js';
import { createClient } from './client.js';
import { MessengerError, messengerError, missingScope } from './errors.js';
import type { Identity, Messenger, Person, Posted } from './messenger.js';
import { parsePerson } from './person.js';

const REMEMBER_MS = 60_000;
const REMEMBER_MAX = 10_000;

/** The type of the metadata that our messages carry (docs.slack.dev, "Message metadata"). */
const KEYED = 'hallpass_message';
const Keyed = z.object({
  ts: z.string(),
  metadata: z.object({ event_type: z.literal(KEYED), event_payload: z.object({ key: z.string() }) }),
});
/** Enough: a lost answer is looked for within a minute or so. */
const MOST_PAGES = 3;
/** How far Slack's clock and the ledger's may differ. */
const CLOCKS_APART_MS = 60_000;

export interface WebApiMessenger extends Messenger {
  /** The scopes that the bot token has, as Slack says with its answers (x-oauth-scopes). */
  scopes(): Promise<readonly string[]>;
}

/** What auth.test says of the token. */
type Home = Omit<Identity, 'appId'> & { readonly botUserId: string };

function required(method: string, field: string, value: string | undefined): string {
  if (value !== undefined && value !== '') return value;
  throw new MessengerError(`${method}: Slack's answer lacks ${field}.`, {
    code: 'unexpected_answer',
    passing: false,
  });
}

/** `apiUrl` is Slack's own when null. */
export function createMessenger({
  botToken,
  apiUrl,
  logger,
}: {
  botToken: string;
  apiUrl: string | null;
  logger: Logger;
}): WebApiMessenger {
  /** Known once Slack has said it. */
  let ownApp: string | null = null;

  /** Calls a method and turns whatever it throws into a MessengerError. */
  async function asking<T>(method: string, call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      throw messengerError(method, error, ownApp);
    }
  }

  const reads = createClient(botToken, apiUrl, 1, logger);
  const writes = createClient(botToken, apiUrl, 0, logger);

  // A token's workspace and app never change.
  const homes = createCache<Home>({ ttlMs: 0, maxEntries: 1 });
  const identities = createCache<Identity>({ ttlMs: 0, maxEntries: 1 });
  const people = createCache<Person>({ ttlMs: REMEMBER_MS, maxEntries: REMEMBER_MAX });
  const groups = createCache<ReadonlySet<string>>({ ttlMs: REMEMBER_MS, maxEntries: REMEMBER_MAX });

  const unsaid = new LRUCache<string, MessengerError>({ max: REMEMBER_MAX });

  /** Asks about this id. When Slack doesn't say, the reason is remembered until it does. */
  async function telling<T>(id: string, ask: () => Promise<T>): Promise<T> {
    try {
      const said = await ask();
      unsaid.delete(id);
      return said;
    } catch (error) {
      if (error instanceof MessengerError) unsaid.set(id, error);
      throw error;
    }
  }

  async function scopes(): Promise<readonly string[]> {
    const me = await asking('auth.test', () => reads.auth.test());
    return me.response_metadata?.scopes ?? [];
  }

  /** Null when Slack doesn't say: then only the workspace of a payload is checked. */
  async function appOf(botUserId: string): Promise<string | null> {
    try {
      const bot = await asking('users.info', () => reads.users.info({ user: botUserId }));
      ownApp = bot.user?.profile?.api_app_id ?? null;
      return ownApp;
    } catch (error) {
      if (error instanceof MessengerError && error.passing) throw error;
      logger.warn({ err: error }, 'Slack does not say which app this is');
      return null;
    }
  }

  const home = (): Promise<Home> =>
    homes.get('self', async () => {
      const me = await asking('auth.test', () => reads.auth.test());
      return {
        teamId: required('auth.test', 'team_id', me.team_id),
        enterpriseId: me.enterprise_id || null,
        url: me.url ?? null,
        botUserId: required('auth.test', 'user_id', me.user_id),
      };
    });

  return {
    whoAmI: () =>
      identities.get('self', async () => {
        const { botUserId, ...where } = await home();
        return { ...where, appId: await appOf(botUserId) };
      }),

    checkToken: async () => {
      await asking('auth.test', () => reads.auth.test());
    },

    scopes,

    lacks: async (scope) => lacking(scope, 'auth.test', await scopes(), ownApp),

    person: (userId) =>
      people.get(userId, () =>
        telling(userId, async () => {
          const [{ teamId }, { user, response_metadata: meta }] = await Promise.all([
            home(),
            asking('users.info', () => reads.users.info({ user: userId })),
          ]);
          return parsePerson(user, { home: teamId, emailUnread: whyNoEmail(meta?.scopes ?? [], ownApp) });
        }),
      ),

    members: (groupId, { fresh = false } = {}) => {
      if (fresh) groups.forget(groupId);
      return groups.get(groupId, () =>
        telling(groupId, async () => {
          const { users } = await asking('usergroups.users.list', () =>
            reads.usergroups.users.list({ usergroup: groupId }),
          );
          return new Set(users);
        }),
      );
    },

    whyUnsaid: (id) => unsaid.get(id) ?? null,

    forget: (id) => {
      people.forget(id);
      groups.forget(id);
    },

    post: async (to, { text, blocks }, { thread, key } = {}) => {
      const posted = await asking('chat.postMessage', () =>
        // A user id opens the bot's direct messages with that person; the answer has the real channel id.
        writes.chat.postMessage({
          channel: to,
          ...(thread === undefined ? {} : { thread_ts: thread }),
          ...(key === undefined ? {} : { metadata: { event_type: KEYED, event_payload: { key } } }),
          text,
          blocks: [...blocks],
          unfurl_links: false,
          unfurl_media: false,
        }),
      );
      return {
        channel: required('chat.postMessage', 'channel', posted.channel),
        ts: required('chat.postMessage', 'ts', posted.ts),
      };
    },

    find: async ({ channel, thread }, key, since) => {
      const found: Posted[] = [];
      let cursor: string | undefined;
      for (let page = 0; page < MOST_PAGES; page++) {
        const asked = {
          channel,
          oldest: String((since.getTime() - CLOCKS_APART_MS) / 1_000),
          include_all_metadata: true,
          limit: 200,
          ...(cursor === undefined ? {} : { cursor }),
        };
        const answer =
          thread === undefined
            ? await asking('conversations.history', () => reads.conversations.history(asked))
            : await asking('conversations.replies', () =>
                reads.conversations.replies({ ...asked, ts: thread }),
              );
        for (const message of answer.messages ?? []) {
          const ours = Keyed.safeParse(message).data;
          if (ours?.metadata.event_payload.key === key) found.push({ channel, ts: ours.ts });
        }
        cursor = answer.response_metadata?.next_cursor;
        if (!cursor) break;
      }
      return found.sort((a, b) => Number(b.ts) - Number(a.ts));
    },

    update: async ({ channel, ts }, { text, blocks }) => {
      // Always both: text alone removes the blocks, blocks alone keep the old text for screen readers.
      await asking('chat.update', () => writes.chat.update({ channel, ts, text, blocks: [...blocks] }));
    },

    delete: async ({ channel, ts }) => {
      try {
        await writes.chat.delete({ channel, ts });
      } catch (thrown) {
        const error = messengerError('chat.delete', thrown);
        if (error.code !== 'message_not_found') throw error;
      }
    },

    openView: async (triggerId, view) => {
      await asking('views.open', () => writes.views.open({ trigger_id: triggerId, view }));
    },

    updateView: async ({ id, hash }, view) => {
      await asking('views.update', () =>
        writes.views.update({ view_id: id, view, ...(hash === null ? {} : { hash }) }),
      );
    },

    publishHome: async (userId, view, hash) => {
      const published = await asking('views.publish', () =>
        writes.views.publish({ user_id: userId, view, ...(hash === null ? {} : { hash }) }),
      );
      return required('views.publish', 'view.hash', published.view?.hash);
    },
  };
}

/** @param granted as Slack's answers say; now and then they leave it out. */
function lacking(
  scope: string,
  method: string,
  granted: readonly string[],
  appId: string | null,
): MessengerError | null {
  return granted.length === 0 || granted.includes(scope) ? null : missingScope(method, scope, appId);
}

/** Without the scope, Slack silently leaves the address out of its answer. */
function whyNoEmail(granted: readonly string[], appId: string | null): string | null {
  const error = lacking('users:read.email', 'users.info', granted, appId);
  return error && `${error.meaning} Operators: ${error.nextStep}`;
}
