import type { App } from '@slack/bolt';
import { stillAtIt } from '../../surfaces/answers/typed.js';
import { acknowledge, claim, type Deps, refuseMalformed } from '../answer.js';
import { createOnce } from '../once.js';
import { answerOrOpen } from '../opening.js';
import { parseCommand } from '../payloads/commands.js';
import { parseSender } from '../payloads/sender.js';
import { turnAway } from '../turn-away.js';

/** `/request`, and what is typed after it. Acknowledged first: the answer, or the form, comes after. */
export function registerCommands(app: App, deps: Deps): void {
  const { access, logger } = deps;
  const once = createOnce();

  app.command(deps.command, async (args) => {
    const { ack, body, context, respond } = args;
    claim(context);
    const command = parseCommand(body);
    const sender = parseSender(body);
    if (command === null || sender === null) {
      refuseMalformed('command', logger);
      return turnAway(args, 'malformed_payload', deps);
    }
    await acknowledge(ack, logger);
    const { actor } = sender;
    const { triggerId } = command;
    await answerOrOpen(deps, {
      triggerId,
      userId: actor.userId,
      respond,
      work: once(triggerId, () => access.command(actor, command)),
      again: `type ${deps.command}`,
      late: stillAtIt(deps.command),
    });
  });
}
