import type { App } from '@slack/bolt';
import type { Option } from '@slack/types';
import type { Actor } from '../../access/access.js';
import { coerceError } from '../../errors.js';
import { ACTIONS } from '../../surfaces/ids.js';
import { ACK_BUDGET_MS, acknowledge, claim, type Deps, refuseMalformed } from '../answer.js';
import { LATE, within } from '../pace.js';
import { parseSender, parseSuggestion } from '../payloads.js';

type Find = (actor: Actor, asked: NonNullable<ReturnType<typeof parseSuggestion>>) => Promise<Option[]>;

/** The searchable selects of the modal. Whatever happens, Slack gets a list in time: an empty one at worst. */
export function registerOptions(app: App, { access, logger }: Deps): void {
  const offer = (actionId: string, find: Find): void => {
    app.options(actionId, async ({ ack, body, context }) => {
      claim(context);
      const sender = parseSender(body);
      const asked = parseSuggestion(body);
      if (sender === null || asked === null) {
        await acknowledge(() => ack({ options: [] }), logger);
        return refuseMalformed('search', logger);
      }
      let options: Option[] = [];
      try {
        const found = await within(ACK_BUDGET_MS, find(sender.actor, asked));
        if (found === LATE) logger.warn({ select: actionId }, 'Slack: a search took too long');
        else options = found;
      } catch (error) {
        logger.error({ err: coerceError(error), select: actionId }, 'Slack: a search failed');
      }
      await acknowledge(() => ack({ options }), logger);
    });
  };

  offer(ACTIONS.target, async (actor, { query }) => access.targetOptions(actor, query));
  offer(ACTIONS.role, async (actor, { target, channel, query }) =>
    target === null ? [] : access.roleOptions(actor, { target, channel, query }),
  );
}
