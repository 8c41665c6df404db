import type { App } from '@slack/bolt';
import { coerceError } from '../../errors.js';
import { acknowledge, claim, type Deps, refuseMalformed, tellPrivately, wentWrong } from '../answer.js';
import { parseCommand, parseSender } from '../payloads.js';

/** `/request` opens the modal; `/request help` answers in words. */
export function registerCommands(app: App, deps: Deps): void {
  const { access, outward, logger, command } = deps;

  app.command(command, async ({ ack, body, context, respond }) => {
    claim(context);
    const typed = parseCommand(body);
    const sender = parseSender(body);
    if (typed === null || sender === null) {
      await acknowledge(ack, logger);
      return refuseMalformed('command', logger);
    }

    if (typed.typed.toLowerCase() === 'help') {
      let text: string;
      try {
        text = access.help();
      } catch (error) {
        logger.error({ err: coerceError(error) }, 'Slack: help failed');
        text = wentWrong();
      }
      await acknowledge(() => ack({ response_type: 'ephemeral', text }), logger);
      return;
    }

    await acknowledge(ack, logger);
    try {
      // The trigger lives 3 s: the form is opened at once and filled later.
      await outward.openView(typed.triggerId, access.openForm(sender.actor, typed.typed));
    } catch (error) {
      logger.error({ err: coerceError(error) }, 'Slack: the form was not opened');
      const text = `The form could not be opened. Type ${command} again.`;
      await tellPrivately(text, { ...deps, userId: sender.actor.userId, respond });
    }
  });
}
