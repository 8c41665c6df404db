import type { App } from '@slack/bolt';
import { coerceError } from '../../errors.js';
import { type Deps, refuseMalformed } from '../answer.js';
import { parseChange } from '../payloads/events.js';

/** An event only says that something changed: Slack is then asked what is true. A look every few minutes makes up for lost events. */
export function registerEvents(app: App, { access, logger }: Deps): void {
  for (const type of ['user_change', 'subteam_updated', 'subteam_members_changed'] as const) {
    app.event(type, async ({ body }) => {
      const change = parseChange(body);
      if (change === null) return refuseMalformed('event', logger);
      try {
        await access.changedInSlack(change);
      } catch (error) {
        logger.error({ err: coerceError(error), type, ...change }, 'Slack: an event failed');
      }
    });
  }
}
