/** May Hallpass write in the channels of the configuration? */
import pMap from 'p-map';
import type { Config } from '../../../config/config.js';
import { coerceError } from '../../../errors.js';
import { MessengerError } from '../../../messenger/errors.js';
import type { Messenger } from '../../../messenger/messenger.js';
import type { ChannelSeen, SlackProbe } from '../../../messenger/probe.js';
import { checking } from '../../../surfaces/terminal/check-post.js';
import { namedChannels } from '../configured.js';
import { type Finding, failed, failure, note, ok } from '../finding.js';

const AT_ONCE = 4;
const INVITE = 'In Slack, in that channel: /invite @hallpass';
const CORRECT =
  'Correct the id in the configuration (in Slack: the channel’s name at the top, "About", at the bottom); if it is right, the channel is private: /invite @hallpass there.';

/** `untold`: the scopes don't let Slack tell. */
type Look = ChannelSeen | 'untold' | Error;

export interface ChannelsReport {
  /** The channels that Slack told about, by id. */
  readonly seen: ReadonlyMap<string, ChannelSeen>;
  readonly findings: readonly Finding[];
}

/**
 * Goes by what the scopes show, and with `post` by a word that it writes and deletes. Never throws.
 * @param scopes of the bot token.
 */
export async function checkChannels(
  config: Pick<Config, 'targets' | 'slack'>,
  slack: Pick<Messenger, 'post' | 'delete'> & Pick<SlackProbe, 'channel'>,
  scopes: ReadonlySet<string>,
  post: boolean,
): Promise<ChannelsReport> {
  const seen = new Map<string, ChannelSeen>();
  const findings = await pMap(
    [...namedChannels(config)],
    async ([id, what]) => {
      const looked = await look(id, slack, scopes);
      if (looked !== 'untold' && !(looked instanceof Error)) seen.set(id, looked);
      // A word that was written proves more than any scope tells.
      return post ? write(id, what, slack) : (describe(id, what, looked, scopes) ?? id);
    },
    { concurrency: AT_ONCE },
  );
  const untold = findings.filter((found) => typeof found === 'string');
  return {
    seen,
    findings: [
      ...findings.filter((found) => typeof found !== 'string'),
      ...(untold.length === 0 ? [] : [notTried(untold)]),
    ],
  };
}

async function look(
  id: string,
  slack: Pick<SlackProbe, 'channel'>,
  scopes: ReadonlySet<string>,
): Promise<Look> {
  if (!scopes.has('channels:read') && !scopes.has('groups:read')) return 'untold';
  try {
    return await slack.channel(id);
  } catch (thrown) {
    const error = coerceError(thrown);
    const code = error instanceof MessengerError ? error.code : null;
    // A private channel is found only with groups:read, a public one only with channels:read.
    const mayHide = !scopes.has('groups:read') || !scopes.has('channels:read');
    return code === 'missing_scope' || (code === 'channel_not_found' && mayHide) ? 'untold' : error;
  }
}

/** null: it was not tried. */
function describe(id: string, what: string, seen: Look, scopes: ReadonlySet<string>): Finding | null {
  if (seen === 'untold') return null;
  if (seen instanceof Error) return describeError(id, what, seen);
  const name = seen.name === null ? id : `#${seen.name} (${id})`;
  if (seen.isArchived) {
    return failure('channel', `${name}, for ${what}, is archived.`, 'Unarchive it, or name another channel.');
  }
  if (!seen.isMember && (seen.isPrivate || !scopes.has('chat:write.public'))) return notIn(name, what);
  return ok('channel', `The bot may write in ${name}, for ${what}.`);
}

async function write(id: string, what: string, slack: Pick<Messenger, 'post' | 'delete'>): Promise<Finding> {
  try {
    const posted = await slack.post(id, checking());
    await slack.delete(posted);
    return ok('channel', `The bot may write in ${id}, for ${what} (a word was written and deleted).`);
  } catch (thrown) {
    return describeError(id, what, coerceError(thrown));
  }
}

function describeError(id: string, what: string, error: Error): Finding {
  const code = error instanceof MessengerError ? error.code : null;
  if (code === 'channel_not_found') {
    const says = `There is no channel ${id}, for ${what}, or it is private and the bot is not in it.`;
    return failure('channel', says, CORRECT);
  }
  return code === 'not_in_channel' ? notIn(id, what) : failed('channel', error, `${id}, for ${what}: `);
}

function notIn(channel: string, what: string): Finding {
  return failure('channel', `The bot is not in ${channel}, for ${what}: nobody reads them.`, INVITE);
}

function notTried(ids: readonly string[]): Finding {
  return note(
    'channel',
    `Not tried, because the app’s scopes don’t tell: whether the bot may write in ${ids.join(', ')}, and whether approvers are in them.`,
    '`hallpass check --post` writes a word there and deletes it.',
  );
}
