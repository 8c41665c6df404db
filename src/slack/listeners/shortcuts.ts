import type { App } from '@slack/bolt';
import { SHORTCUTS } from '../../surfaces/kit/ids.js';
import { acknowledge, claim, type Deps, refuseMalformed } from '../answer.js';
import { createOnce } from '../once.js';
import { answerOrOpen } from '../opening.js';
import { parseSender } from '../payloads/sender.js';
import { parseShortcut } from '../payloads/shortcuts.js';
import { turnAway } from '../turn-away.js';

/** From anywhere in Slack, and on a message with an error in it. */
export function registerShortcuts(app: App, deps: Deps): void {
  const { access, logger } = deps;
  const once = createOnce();
  for (const callbackId of Object.values(SHORTCUTS)) {
    app.shortcut(callbackId, async (args) => {
      const { ack, body, context, respond } = args;
      claim(context);
      const sender = parseSender(body);
      const used = parseShortcut(body);
      if (sender === null || used === null) {
        refuseMalformed('shortcut', logger);
        return turnAway(args, 'malformed_payload', deps);
      }
      await acknowledge(ack, logger);
      const { actor } = sender;
      const { triggerId, ...asked } = used;
      await answerOrOpen(deps, {
        triggerId,
        userId: actor.userId,
        // Only a message has a response URL.
        respond: body.type === 'message_action' ? respond : undefined,
        work: once(triggerId, async () =>
          callbackId === SHORTCUTS.request
            ? { form: await access.openForm(actor, null) }
            : access.messageShortcut(actor, asked),
        ),
        again: 'use the shortcut',
      });
    });
  }
}
