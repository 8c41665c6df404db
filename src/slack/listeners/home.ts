/**
 * App Home: it is opened, its pages are turned, its lists are filtered, forms open from it, and granting is paused. Its other
 * buttons are those of messages. Whatever comes of a click is said on the Home itself.
 */
import type { AnyMiddlewareArgs, App, BlockAction, Context, SlackActionMiddlewareArgs } from '@slack/bolt';
import type { Actor, Reply } from '../../access/access.js';
import { coerceError } from '../../errors.js';
import { ACTIONS } from '../../surfaces/kit/ids.js';
import { acknowledge, answerClick, claim, type Deps, refuseMalformed, wentWrong } from '../answer.js';
import { openForm } from '../opening.js';
import {
  parseHomeChoice,
  parseHomeFilter,
  parseHomeOpened,
  parseHomePage,
  parseHomeTarget,
} from '../payloads/home.js';
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

  onClick(PAGES, parseHomePage, async (actor, { list, page }) => {
    await access.turnPage(actor, list, page);
  });
  for (const actionId of [ACTIONS.homeInstance, ACTIONS.homePerson, ACTIONS.homeClear]) {
    onClick(actionId, parseHomeFilter, (actor, filter) => access.filterHome(actor, filter));
  }
  onClick(ACTIONS.resume, parseHomeTarget, async (actor, target) => {
    await say(actor, await access.resume(actor, target));
  });
  for (const actionId of [ACTIONS.homeRequest, ACTIONS.homeTarget]) {
    onClick(actionId, parseHomeChoice, async (actor, { target }, triggerId) => {
      const build = () => access.openForm(actor, target === '' ? null : target);
      await openForm(deps, { ...opening(actor, triggerId), build, again: 'click Request access' });
      if (target !== null) await access.choseOnHome(actor);
    });
  }
  onClick(ACTIONS.pause, parseHomeTarget, async (actor, target, triggerId) => {
    const build = async () => {
      const opened = await access.openPausing(actor, target);
      if ('form' in opened) return opened.form;
      await say(actor, opened);
      return null;
    };
    await openForm(deps, { ...opening(actor, triggerId), build, again: 'click Pause' });
  });

  function say(actor: Actor, reply: Reply): Promise<void> {
    return answerClick(reply, actor, null, { ...deps, respond: undefined });
  }

  function opening(actor: Actor, triggerId: string) {
    return { triggerId, userId: actor.userId, tell: (text: string) => say(actor, { text }) };
  }

  /** @param parse null for what isn't believed. */
  function onClick<T>(
    actionId: string | RegExp,
    parse: (body: unknown) => T | null,
    act: (actor: Actor, parsed: T, triggerId: string) => Promise<void>,
  ): void {
    app.action(actionId, async (args: SlackActionMiddlewareArgs<BlockAction> & { context: Context }) => {
      const { ack, body, context } = args;
      claim(context);
      const sender = parseSender(body);
      const parsed = parse(body);
      if (sender === null || sender.triggerId === null || parsed === null) {
        refuseMalformed('click', logger);
        return turnAway(args as AnyMiddlewareArgs, 'malformed_payload', deps);
      }
      await acknowledge(ack, logger);
      try {
        await act(sender.actor, parsed, sender.triggerId);
      } catch (error) {
        logger.error({ err: coerceError(error) }, 'Slack: a click on a Home failed');
        await say(sender.actor, { text: wentWrong() });
      }
    });
  }
}
