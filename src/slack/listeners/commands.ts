import type { App } from '@slack/bolt';
import { coerceError } from '../../errors.js';
import { acknowledge, claim, type Deps, refuseMalformed, wentWrong } from '../answer.js';
import { openForm } from '../opening.js';
import { parseCommand } from '../payloads/commands.js';
import { parseSender } from '../payloads/sender.js';
import { turnAway } from '../turn-away.js';

/** `/request` opens the modal; `/request help` answers in words. */
export function registerCommands(app: App, deps: Deps): void {
  const { access, logger } = deps;

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
    await openForm(deps, {
      triggerId,
      userId: sender.actor.userId,
      respond,
      build: () => access.openForm(sender.actor, { typed, channel }),
      again: `type ${deps.command}`,
    });
  });
}
