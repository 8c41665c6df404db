import {
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebAPIRequestError,
} from '@slack/web-api';
import { z } from 'zod';
import { coerceError, HallpassError } from '../errors.js';

/** A call to Slack's Web API that failed, or whose answer never came. */
export class MessengerError extends HallpassError {
  /** Slack's name of the error ("channel_not_found"), or ours: timeout, network, unexpected_answer, http_NNN. */
  readonly code: string;
  /** How long Slack asks us to wait; null when it doesn't say. */
  readonly retryAfterMs: number | null;
  /** What is wrong, as a sentence for people, without the Slack names in the message. */
  readonly meaning: string;
  /** Slack may have done it anyway. */
  readonly maybeDone: boolean;

  constructor(
    message: string,
    options: {
      code: string;
      passing: boolean;
      meaning?: string;
      retryAfterMs?: number | null;
      nextStep?: string | null;
      cause?: unknown;
    },
  ) {
    super(message, options);
    this.code = options.code;
    this.meaning = options.meaning ?? message;
    this.retryAfterMs = options.retryAfterMs ?? null;
    this.maybeDone = MAYBE_DONE.has(options.code) || options.code.startsWith('http_5');
  }
}

/** There was no answer, or one that doesn't tell what was done ("common errors" of docs.slack.dev). */
const MAYBE_DONE: ReadonlySet<string> = new Set([
  'timeout',
  'network',
  'unexpected_answer',
  'fatal_error',
  'internal_error',
  'request_timeout',
]);

/** Errors of chat.postMessage that mean nothing we post will arrive anywhere. */
const SHUTS_ALL: ReadonlySet<string> = new Set(['missing_scope', 'messages_tab_disabled', 'no_permission']);
/** Those that mean nothing we post in this channel will arrive. */
const SHUTS_CHANNEL: ReadonlySet<string> = new Set([
  ...SHUTS_ALL,
  'not_in_channel',
  'channel_not_found',
  'is_archived',
  'restricted_action',
  'restricted_action_read_only_channel',
  'restricted_action_thread_only_channel',
  'restricted_action_non_threadable_channel',
]);

/**
 * What a failed post closes: the channel (its id) or everyone's direct messages (`D`); null when other posts may still
 * arrive.
 */
export function shutsWhat({ code }: MessengerError, recipient: string): string | null {
  const isPerson = /^[UW]/.test(recipient);
  if (!(isPerson ? SHUTS_ALL : SHUTS_CHANNEL).has(code)) return null;
  return isPerson ? 'D' : recipient;
}

type Meaning = readonly [passing: boolean, sentence: string, nextStep: string | null];

const RESTART = 'Copy the Bot User OAuth Token of the app into SLACK_BOT_TOKEN and restart Hallpass.';
const CHANNEL = 'Correct the channel id in the configuration file.';
const TOO_LONG = 'Shorten the texts in the configuration that this message shows.';
const OUR_FAULT = 'This is a fault in Hallpass: please report it.';

/**
 * Slack's error names: docs.slack.dev, "common errors", and the page of each method. `fatal_error` and `internal_error`
 * may come after the call took effect.
 */
const MEANINGS: Readonly<Record<string, Meaning>> = {
  ratelimited: [true, 'Slack asks for a pause.', null],
  rate_limited: [true, 'Slack asks for a pause.', null],
  service_unavailable: [true, 'Slack is not available.', null],
  fatal_error: [true, 'Slack had an error of its own.', null],
  internal_error: [true, 'Slack had an error of its own.', null],
  request_timeout: [true, 'Slack did not receive the whole call in time.', null],
  team_added_to_org: [true, 'The workspace is being moved into an organization.', null],
  not_authed: [false, 'No Slack token was sent.', RESTART],
  invalid_auth: [false, 'Slack refuses the bot token.', RESTART],
  account_inactive: [false, 'The app was removed from the workspace.', `Install it again. ${RESTART}`],
  token_revoked: [false, 'The bot token was revoked.', `Install the app again. ${RESTART}`],
  token_expired: [false, 'The bot token has expired.', `Switch token rotation off. ${RESTART}`],
  not_allowed_token_type: [false, 'This is not a bot token.', `A bot token begins with xoxb-. ${RESTART}`],
  no_permission: [false, 'Slack does not let the app do this.', 'Ask an administrator of the workspace.'],
  org_login_required: [false, 'The workspace is being moved into an organization.', RESTART],
  ekm_access_denied: [false, 'An administrator has suspended access.', 'Ask your Slack administrator.'],
  team_access_not_granted: [false, 'The token does not cover this workspace.', 'Install the app there.'],
  not_in_channel: [false, 'The bot is not in this channel.', 'Type there: /invite @hallpass'],
  channel_not_found: [
    false,
    'The channel does not exist, or is private.',
    `${CHANNEL} In a private one: /invite @hallpass`,
  ],
  is_archived: [false, 'The channel is archived.', `Unarchive it, or: ${CHANNEL}`],
  restricted_action: [false, 'Posting in this channel is restricted.', 'Allow the app to post there.'],
  restricted_action_read_only_channel: [false, 'This channel is read-only.', 'Allow the app to post there.'],
  messages_tab_disabled: [
    false,
    'The app cannot send direct messages.',
    'Enable its Messages Tab (App Home).',
  ],
  cannot_dm_bot: [false, 'A bot cannot be sent a direct message.', null],
  message_not_found: [false, 'The message is gone.', null],
  cant_update_message: [false, "The message is not the bot's own, or can no longer be changed.", null],
  cant_delete_message: [false, "The message is not the bot's own, or can no longer be deleted.", null],
  edit_window_closed: [false, 'The workspace lets nobody change a message this old.', null],
  is_inactive: [false, 'The conversation no longer accepts changes.', null],
  msg_too_long: [false, 'The message is too long.', TOO_LONG],
  msg_blocks_too_long: [false, 'The message is too long.', TOO_LONG],
  invalid_blocks: [false, 'Slack refuses the message.', OUR_FAULT],
  invalid_arguments: [false, 'Slack refuses the call.', OUR_FAULT],
  user_not_found: [
    false,
    'This Slack user does not exist.',
    'Correct the user id in the configuration file.',
  ],
  user_not_visible: [false, 'This Slack user is not visible to the app.', null],
  no_such_subteam: [
    false,
    'This user group does not exist.',
    'Correct the group id in the configuration file.',
  ],
  plan_upgrade_required: [
    false,
    'User groups need a paid Slack plan.',
    'Name users instead of groups as approvers.',
  ],
  expired_trigger_id: [false, 'Slack lets a form be opened only within 3 s.', 'Type the command again.'],
  exchanged_trigger_id: [false, 'The form was opened already.', 'Type the command again.'],
  invalid_trigger_id: [false, 'Slack does not accept the click.', 'Type the command again.'],
  hash_conflict: [false, 'The form was changed meanwhile.', null],
  not_found: [false, 'The form is closed.', null],
  not_enabled: [
    false,
    'The app has no Home tab.',
    'Switch on its Home Tab (App Home, "Show Tabs"), and subscribe to the event app_home_opened.',
  ],
  view_too_large: [false, 'The form is too large for Slack.', OUR_FAULT],
};

const PlatformDetail = z.object({
  needed: z.string().optional(),
  response_metadata: z
    .object({ messages: z.array(z.string()).optional(), retryAfter: z.number().optional() })
    .optional(),
});

/** @param needed null when Slack doesn't name the scope. @param appId null when it isn't known: then the page lists all apps. */
export function missingScope(
  method: string,
  needed: string | null,
  appId: string | null,
  cause?: unknown,
): MessengerError {
  const scope = needed === null ? 'a scope that this call needs' : `the scope ${needed}`;
  const page = `https://api.slack.com/apps${appId === null ? '' : `/${appId}/oauth`}`;
  return new MessengerError(`${method}: the app lacks ${scope}.`, {
    code: 'missing_scope',
    passing: false,
    meaning: `The Slack app lacks ${scope}.`,
    nextStep: `Add ${needed ?? 'it'} to the Bot Token Scopes at ${page} ("OAuth & Permissions"), and install the app again there.`,
    cause,
  });
}

function fromPlatform(method: string, error: WebAPIPlatformError, appId: string | null): MessengerError {
  const name = error.data.error;
  // A proxy's page instead of Slack's JSON arrives as the "name" of an error.
  if (typeof name !== 'string' || !/^\w{1,80}$/.test(name)) {
    return new MessengerError(`${method}: the answer was not Slack's.`, {
      code: 'unexpected_answer',
      passing: true,
      nextStep: 'Check SLACK_API_URL and any proxy between Hallpass and Slack.',
    });
  }
  const detail = PlatformDetail.safeParse(error.data).data;
  if (name === 'missing_scope') return missingScope(method, detail?.needed ?? null, appId, error);
  const [passing, sentence, nextStep] = (Object.hasOwn(MEANINGS, name) ? MEANINGS[name] : undefined) ?? [
    false,
    'Slack refuses the call.',
    null,
  ];
  const said = detail?.response_metadata?.messages?.join(' ');
  const seconds = detail?.response_metadata?.retryAfter;
  return new MessengerError(`${method}: ${sentence} (${name}${said ? `: ${said}` : ''})`, {
    code: name,
    passing,
    meaning: sentence,
    retryAfterMs: seconds === undefined ? null : seconds * 1000,
    nextStep,
    cause: error,
  });
}

/** Sorts what a Web API call threw; what isn't known to pass is final. @param method as Slack names it. */
export function messengerError(method: string, thrown: unknown, appId: string | null = null): MessengerError {
  if (thrown instanceof MessengerError) return thrown;
  if (thrown instanceof WebAPIPlatformError) return fromPlatform(method, thrown, appId);
  if (thrown instanceof WebAPIRateLimitedError) {
    return new MessengerError(`${method}: Slack asks for a pause of ${thrown.retryAfter} s.`, {
      code: 'ratelimited',
      passing: true,
      retryAfterMs: thrown.retryAfter * 1000,
      cause: thrown,
    });
  }
  if (thrown instanceof WebAPIHTTPError) {
    // Neither the body nor the headers are kept: either may hold anything.
    return new MessengerError(`${method}: Slack answered HTTP ${thrown.statusCode}.`, {
      code: `http_${thrown.statusCode}`,
      passing: thrown.statusCode >= 500 || thrown.statusCode === 408,
      nextStep:
        thrown.statusCode >= 500 ? null : 'Check SLACK_API_URL and any proxy between Hallpass and Slack.',
    });
  }
  const error = thrown instanceof WebAPIRequestError ? thrown.original : coerceError(thrown);
  const late = error.name === 'TimeoutError';
  return new MessengerError(
    `${method}: ${late ? 'Slack did not answer in time' : 'Slack was not reached'}.`,
    {
      code: late ? 'timeout' : 'network',
      passing: true,
      cause: error,
    },
  );
}
