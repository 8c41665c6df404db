/** App Home: it is opened, its pages are turned, and the form opens from it. Its other buttons are those of messages. */
import type { App } from '@slack/bolt';
import { coerceError } from '../../errors.js';
import { ACTIONS } from '../../surfaces/kit/ids.js';
import { acknowledge, claim, type Deps, refuseMalformed } from '../answer.js';
import { openForm } from '../opening.js';
import { parseHomeChoice, parseHomeOpened, parseHomePage } from '../payloads/home.js';
import { parseSender } from '../payloads/sender.js';
import { turnAway } from '../turn-away.js';

const PAGES = new RegExp(`^${ACTIONS.homePage}:(back|on)$`);

export function registerHome(app: App, deps: Deps): void {
  const { access, logger } = deps;

  app.event('app_home_opened', async ({ body }) => {
    const opened = parseHomeOpened(body);
    if (opened === null) return refuseMalformed('event', logger);
    // Its other tab holds the direct messages.
    if (opened.tab !== 'home') return;
    try {
      await access.openHome({ userId: opened.userId });
    } catch (error) {
      logger.error({ err: coerceError(error) }, 'Slack: a Home was not opened');
    }
  });

  app.action(PAGES, async (args) => {
    const { ack, body, context } = args;
    claim(context);
    const sender = parseSender(body);
    const turned = parseHomePage(body);
    if (sender === null || turned === null) {
      refuseMalformed('click', logger);
      return turnAway(args, 'malformed_payload', deps);
    }
    await acknowledge(ack, logger);
    try {
      await access.turnPage(sender.actor, turned.list, turned.page);
    } catch (error) {
      logger.error({ err: coerceError(error) }, 'Slack: a Home was not changed');
    }
  });

  for (const actionId of [ACTIONS.homeRequest, ACTIONS.homeTarget]) {
    app.action(actionId, async (args) => {
      const { ack, body, context, respond } = args;
      claim(context);
      const sender = parseSender(body);
      const chosen = parseHomeChoice(body);
      if (sender === null || sender.triggerId === null || chosen === null) {
        refuseMalformed('click', logger);
        return turnAway(args, 'malformed_payload', deps);
      }
      await acknowledge(ack, logger);
      const { actor, triggerId } = sender;
      await openForm(deps, {
        triggerId,
        userId: actor.userId,
        respond,
        build: () => access.openForm(actor, chosen.target),
        again: 'click Request access',
      });
    });
  }
}
