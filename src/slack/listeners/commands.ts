import type { App } from '@slack/bolt';
import { coerceError } from '../../errors.js';
import { acknowledge, claim, type Deps, refuseMalformed, tellPrivately, wentWrong } from '../answer.js';
import { parseCommand, parseSender } from '../payloads.js';
import { turnAway } from '../turn-away.js';

/** `/request` opens the modal; `/request help` answers in words. */
export function registerCommands(app: App, deps: Deps): void {
  const { access, outward, logger, seal } = deps;

  app.command(deps.command, async (args) => {
    const { ack, body, context, respond } = args;
    claim(context);
    const command = parseCommand(body);
    const sender = parseSender(body);
    if (command === null || sender === null) {
      refuseMalformed('command', logger);
      return turnAway(args, 'malformed_payload', deps);
    }

    const { typed, channel, triggerId } = command;
    if (typed.toLowerCase() === 'help') {
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
      // The trigger lives 3 s: the form is opened soon, and filled later.
      const form = await access.openForm(sender.actor, { typed, channel });
      await outward.openView(triggerId, seal.close(form, sender.actor.userId));
    } catch (error) {
      logger.error({ err: coerceError(error) }, 'Slack: the form was not opened');
      const text = `The form could not be opened. Type ${deps.command} again.`;
      await tellPrivately(text, { ...deps, userId: sender.actor.userId, respond });
    }
  });
}
