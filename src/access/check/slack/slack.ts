/** Does Slack take our tokens, and may the app do what this configuration needs? */
import type { Config } from '../../../config/config.js';
import type { Env } from '../../../config/environment/env.js';
import { coerceError } from '../../../errors.js';
import { MessengerError } from '../../../messenger/errors.js';
import type { SlackProbe } from '../../../messenger/probe.js';
import type { WebApiMessenger } from '../../../messenger/web-api.js';
import { type Finding, failed, failure, note, ok } from '../finding.js';
import { describePrincipals } from './approvers.js';
import { checkApproversInChannels } from './approvers-in-channels.js';
import { checkChannels } from './channels.js';
import { describeOnCallGroups } from './on-call-groups.js';
import { readKnown } from './people.js';
import { describeEmergencies } from './reviewers.js';

export interface SlackCheck {
  /** The part of it to ask about. */
  readonly config: Pick<Config, 'targets' | 'operators' | 'people' | 'slack'>;
  /** The scopes that the configuration needs, each with what for. */
  readonly needed: ReadonlyMap<string, string>;
  /** Write a word into each channel, and delete it. */
  readonly post: boolean;
  /** null: the environment doesn't say how Slack reaches us. */
  readonly transport: Env['transport'] | null;
}

/** Never throws. */
export async function checkSlack(
  slack: WebApiMessenger & SlackProbe,
  { config, needed, post, transport }: SlackCheck,
): Promise<readonly Finding[]> {
  const heard = transport === null ? [] : await checkTransport(transport, slack);
  let granted: ReadonlySet<string>;
  try {
    granted = new Set(await slack.scopes());
    const { teamId } = await slack.whoAmI();
    const channels = await checkChannels(config, slack, granted, post);
    const known = await readKnown(config, slack);
    return [
      ...describeScopes(teamId, granted, needed),
      ...heard,
      ...channels.findings,
      ...known.findings,
      ...describePrincipals(config, known),
      ...(await describeOnCallGroups(config, known, slack)),
      ...describeEmergencies(config, known),
      ...(await checkApproversInChannels(config, channels.seen, known, slack)),
    ];
  } catch (error) {
    return [failed('Slack', error), ...heard];
  }
}

function describeScopes(
  teamId: string,
  granted: ReadonlySet<string>,
  needed: ReadonlyMap<string, string>,
): readonly Finding[] {
  if (granted.size === 0) {
    const says = 'Slack does not say which scopes the bot token has.';
    return [note('Slack', says, 'Compare them with `hallpass manifest`.')];
  }
  const missing = [...needed].filter(([scope]) => !granted.has(scope));
  if (missing.length === 0) {
    return [ok('Slack', `The bot token works in team ${teamId}, with every scope that is needed.`)];
  }
  return missing.map(([scope, why]) =>
    failure(
      'Slack',
      `The scope ${scope} is missing: ${why}.`,
      'Add it under "OAuth & Permissions" and install the app again (`hallpass manifest` lists all).',
    ),
  );
}

async function checkTransport(
  transport: Env['transport'],
  slack: Pick<SlackProbe, 'checkAppToken'> & Pick<WebApiMessenger, 'whoAmI'>,
): Promise<readonly Finding[]> {
  if (transport.kind === 'http') {
    const says = 'SLACK_SIGNING_SECRET was not tried: only a click in Slack shows whether it is right.';
    return [note('Slack', says, 'Type the slash command: a wrong secret is logged as a wrong signature.')];
  }
  const copy =
    'Copy an app-level token (xapp-…) with the scope connections:write into SLACK_APP_TOKEN: "Basic Information", "App-Level Tokens".';
  try {
    await slack.checkAppToken(transport.appToken);
  } catch (thrown) {
    const error = coerceError(thrown);
    const code = error instanceof MessengerError ? error.code : error.message;
    const passes = error instanceof MessengerError && error.passing;
    if (passes) return [failure('Slack', `The app-level token could not be tried: ${error.message}`)];
    const says = `Slack refuses the app-level token (${code}): hallpass serve ends at its start.`;
    return [failure('Slack', says, copy)];
  }
  const app = /^xapp-\d+-(A\w+)-/.exec(transport.appToken)?.[1];
  const { appId } = await slack.whoAmI().catch(() => ({ appId: null }));
  if (app !== undefined && appId !== null && app !== appId) {
    const says = `The app-level token is of the app ${app}, and the bot token of ${appId}: Hallpass hears nothing.`;
    return [failure('Slack', says, copy)];
  }
  return [ok('Slack', 'The app-level token opens Socket Mode.')];
}
