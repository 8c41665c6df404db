import type { App } from '@slack/bolt';
import { ACTIONS } from '../../surfaces/kit/ids.js';
import { acknowledge, answerClick, claim, type Deps, refuseMalformed } from '../answer.js';
import { openForm } from '../opening.js';
import { parseClick, parseSender } from '../payloads.js';
import { turnAway } from '../turn-away.js';

/** Deny opens a form that asks why; who can't deny it reads that at once. */
export function registerDeny(app: App, deps: Deps): void {
  const { access, logger } = deps;
  // A second click before the form is there opens no second one.
  const opening = new Set<string>();

  app.action(ACTIONS.deny, async (args) => {
    const { ack, body, context, respond } = args;
    claim(context);
    const sender = parseSender(body);
    const click = parseClick(body);
    if (sender === null || sender.triggerId === null || click === null) {
      refuseMalformed('click', logger);
      return turnAway(args, 'malformed_payload', deps);
    }
    await acknowledge(ack, logger);

    const { actor, triggerId } = sender;
    const { userId } = actor;
    const { requestId, clicked } = click;
    const key = `${userId} ${requestId}`;
    if (opening.has(key)) return;
    opening.add(key);
    const build = async () => {
      const opened = await access.openDenial(actor, requestId, clicked);
      if ('form' in opened) return opened.form;
      await answerClick(opened, actor, clicked, { ...deps, respond });
      return null;
    };
    await openForm(deps, { triggerId, userId, respond, build, again: 'click Deny' });
    opening.delete(key);
  });
}
