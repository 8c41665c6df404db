import { type Finding, failed, failure, note, ok } from './finding.js';

/** Does the bot token work, and has it the scopes that this configuration needs? Never throws. */
export async function checkSlack(
  slack: { whoAmI(): Promise<{ readonly teamId: string }>; scopes(): Promise<readonly string[]> },
  needed: ReadonlyMap<string, string>,
): Promise<readonly Finding[]> {
  try {
    const granted = new Set(await slack.scopes());
    const missing = [...needed].filter(([scope]) => !granted.has(scope));
    if (granted.size === 0) {
      const says = 'Slack does not say which scopes the bot token has.';
      return [note('Slack', says, 'Compare them with `hallpass manifest`.')];
    }
    if (missing.length > 0) {
      return missing.map(([scope, why]) =>
        failure(
          'Slack',
          `The scope ${scope} is missing: ${why}.`,
          'Add it under "OAuth & Permissions" and install the app again (`hallpass manifest` lists all).',
        ),
      );
    }
    const { teamId } = await slack.whoAmI();
    return [ok('Slack', `The bot token works in team ${teamId}, with every scope that is needed.`)];
  } catch (error) {
    return [failed('Slack', error)];
  }
}
