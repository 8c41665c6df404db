import type { Config } from '../config/config.js';
import { isGroup, namedIn } from '../domain/policy/policy.js';
import { asksPagerDuty } from '../domain/policy/rules.js';
import { SHORTCUTS } from '../surfaces/kit/ids.js';

/** The only bot scopes that this configuration needs, and why. */
export function neededScopes(config: Config): ReadonlyMap<string, string> {
  const roles = [...config.targets.values()].flatMap((target) => [
    ...target.roles.values(),
    ...target.discover.map(({ like }) => like),
  ]);
  const principals = [...config.operators, ...roles.flatMap(({ policy }) => namedIn(policy))];
  const byEmail =
    [...config.targets.values()].some(({ emailRule }) => emailRule !== null) ||
    roles.some(({ policy }) => policy.onCall !== null && asksPagerDuty(policy.onCall));
  return new Map([
    ['commands', 'the slash command and the shortcuts'],
    ['chat:write', 'cards and direct messages'],
    ['users:read', 'guests and deactivated accounts are refused, and lose what they have'],
    ...(principals.some(isGroup) ? [['usergroups:read', 'groups that decide or are on call'] as const] : []),
    ...(byEmail
      ? [['users:read.email', 'logins, or PagerDuty users, found by e-mail address'] as const]
      : []),
  ]);
}

/**
 * Scopes that the person who installs the app can leave out. `im:history`: a direct message whose answer was lost is found,
 * and not sent twice.
 */
const OPTIONAL_SCOPES: readonly string[] = ['im:history'];

/**
 * The app manifest to paste at api.slack.com ("Create New App", "From a manifest").
 * @param url the public address of Hallpass for HTTP delivery; null for Socket Mode, which needs none.
 */
export function manifest(config: Config, url: string | null): object {
  const events = url === null ? {} : { request_url: `${url}/slack/events` };
  const scopes = neededScopes(config);
  return {
    _metadata: { major_version: 1 },
    display_information: {
      name: 'Hallpass',
      description: 'Grants Postgres roles just in time, and revokes them.',
      background_color: '#1f3a5f',
    },
    features: {
      bot_user: { display_name: 'hallpass', always_online: true },
      app_home: { home_tab_enabled: true, messages_tab_enabled: true, messages_tab_read_only_enabled: true },
      shortcuts: [
        {
          type: 'global',
          name: 'Request database access',
          callback_id: SHORTCUTS.request,
          description: 'Ask for a Postgres role for a while',
        },
        {
          type: 'message',
          // Slack takes 24 characters.
          name: 'Access for this error',
          callback_id: SHORTCUTS.forMessage,
          description: 'Find the role that a “permission denied” in this message asks for',
        },
      ],
      slash_commands: [
        {
          command: config.slack.command,
          description: 'Ask for a Postgres role for a while',
          usage_hint: '[instance] [role] [duration] [reason]',
          should_escape: false,
          ...(url === null ? {} : { url: `${url}/slack/events` }),
        },
      ],
    },
    // Slack wants optional scopes in both.
    oauth_config: {
      scopes: {
        bot: [...scopes.keys(), ...OPTIONAL_SCOPES],
        bot_optional: OPTIONAL_SCOPES,
      },
    },
    settings: {
      event_subscriptions: {
        ...events,
        bot_events: [
          'app_home_opened',
          'user_change',
          ...(scopes.has('usergroups:read') ? ['subteam_updated', 'subteam_members_changed'] : []),
        ],
      },
      interactivity: {
        is_enabled: true,
        ...events,
        ...(url === null ? {} : { message_menu_options_url: `${url}/slack/events` }),
      },
      org_deploy_enabled: false,
      socket_mode_enabled: url === null,
      token_rotation_enabled: false,
    },
  };
}
