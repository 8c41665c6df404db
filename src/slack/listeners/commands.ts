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
      const text = whyNotOpened(error, deps.command);
      if (text === null) return logger.info('Slack: the form was opened by the same command already');
      logger.error({ err: coerceError(error) }, 'Slack: the form was not opened');
      await tellPrivately(text, { ...deps, userId: sender.actor.userId, respond });
    }
  });
}

/** The answer is lost: Slack may have opened the form. */
const UNSURE: ReadonlySet<unknown> = new Set(['timeout', 'network']);

/** For the person; null when the form is there: Slack delivered the command twice. */
function whyNotOpened(error: unknown, command: string): string | null {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code === 'exchanged_trigger_id') return null;
  if (UNSURE.has(code)) {
    return `Slack didn't say whether the form opened. If you don't see it, type ${command} again.`;
  }
  if (code === 'expired_trigger_id') {
    return `That took longer than the 3 s that Slack allows, so the form didn't open. Type ${command} again.`;
  }
  return `The form could not be opened. Type ${command} again; if it happens again, tell an operator of Hallpass.`;
}
