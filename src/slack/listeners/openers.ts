import type { App } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import type { Actor, Clicked } from '../../access/access.js';
import { ACTIONS } from '../../surfaces/kit/ids.js';
import { acknowledge, answerClick, claim, type Deps, refuseMalformed } from '../answer.js';
import { openForm } from '../opening.js';
import { parseClick } from '../payloads/clicks.js';
import { parseSender } from '../payloads/sender.js';
import { turnAway } from '../turn-away.js';

interface Opener {
  readonly actionId: string;
  /** What is clicked, in words. */
  readonly what: string;
  /** The form, or why it isn't for this person, in mrkdwn. */
  readonly open: (
    actor: Actor,
    requestId: string,
    clicked: Clicked,
  ) => Promise<{ readonly form: ModalView } | { readonly text: string }>;
}

/** The buttons of messages that open a form; anyone it isn't for reads that at once. */
export function registerOpeners(app: App, deps: Deps): void {
  const { access } = deps;
  registerOpener(app, deps, { actionId: ACTIONS.deny, what: 'Deny', open: access.openDenial });
  registerOpener(app, deps, {
    actionId: ACTIONS.justified,
    what: 'Justified',
    open: (actor, requestId) => access.openJudging(actor, requestId, 'justified'),
  });
  registerOpener(app, deps, {
    actionId: ACTIONS.notJustified,
    what: 'Not justified',
    open: (actor, requestId) => access.openJudging(actor, requestId, 'not_justified'),
  });
  // “Click Ask again again” would be hard to read.
  registerOpener(app, deps, { actionId: ACTIONS.askAgain, what: 'the button', open: access.openAgain });
}

function registerOpener(app: App, deps: Deps, { actionId, what, open }: Opener): void {
  const { logger } = deps;
  // A second click before the form is there opens no second one.
  const opening = new Set<string>();

  app.action(actionId, async (args) => {
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
    const tell = (text: string) => answerClick({ text }, actor, clicked, { ...deps, respond });
    const build = async () => {
      const opened = await open(actor, requestId, clicked);
      if ('form' in opened) return opened.form;
      await tell(opened.text);
      return null;
    };
    await openForm(deps, { triggerId, userId, tell, build, again: `click ${what}` });
    opening.delete(key);
  });
}
