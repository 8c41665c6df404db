import type { App } from '@slack/bolt';
import type { Option } from '@slack/types';
import type { Actor } from '../../access/access.js';
import { coerceError } from '../../errors.js';
import { inTime } from '../../in-time.js';
import { CHOOSE_FIRST, reasonOption } from '../../surfaces/forms/request-form.js';
import { ACTIONS } from '../../surfaces/kit/ids.js';
import { ACK_BUDGET_MS, acknowledge, claim, type Deps, refuseMalformed, wentWrong } from '../answer.js';
import { parseSuggestion } from '../payloads/request-form.js';
import { parseSender } from '../payloads/sender.js';
import { turnAway } from '../turn-away.js';

type Find = (actor: Actor, asked: NonNullable<ReturnType<typeof parseSuggestion>>) => Promise<Option[]>;

const TOO_SLOW = 'This takes longer than usual. Type something, or open the list again in a moment.';

/** The searchable selects of the modal. Slack always gets a list in time: at worst, one that says why it is empty. */
export function registerOptions(app: App, deps: Deps): void {
  const { access, logger } = deps;
  const offer = (actionId: string, find: Find): void => {
    app.options(actionId, async (args) => {
      const { ack, body, context } = args;
      claim(context);
      const sender = parseSender(body);
      const asked = parseSuggestion(body);
      if (sender === null || asked === null) {
        refuseMalformed('search', logger);
        return turnAway(args, 'malformed_payload', deps);
      }
      let options: Option[];
      try {
        options = await inTime(ACK_BUDGET_MS, find(sender.actor, asked), () => {
          logger.warn({ select: actionId }, 'Slack: a search took too long');
          return [reasonOption(TOO_SLOW)];
        });
      } catch (error) {
        logger.error({ err: coerceError(error), select: actionId }, 'Slack: a search failed');
        options = [reasonOption(wentWrong())];
      }
      await acknowledge(() => ack({ options }), logger);
    });
  };

  for (const select of [ACTIONS.target, ACTIONS.homeTarget]) {
    offer(select, async (actor, { query }) => access.targetOptions(actor, query));
  }
  offer(ACTIONS.homeInstance, async (actor, { query }) => access.instanceOptions(actor, query));
  offer(ACTIONS.role, async (actor, { target, channel, query }) =>
    target === null ? [reasonOption(CHOOSE_FIRST)] : access.roleOptions(actor, { target, channel, query }),
  );
}
