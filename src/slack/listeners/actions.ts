import type { App, RespondFn } from '@slack/bolt';
import type { Access, Actor, Clicked, Private, Reply } from '../../access/access.js';
import { coerceError } from '../../errors.js';
import { ACTIONS } from '../../surfaces/kit/ids.js';
import {
  acknowledge,
  answerClick,
  claim,
  type Deps,
  refuseMalformed,
  tellPrivately,
  wentWrong,
} from '../answer.js';
import { parseAgain, parseApproval, parseClick } from '../payloads/clicks.js';
import { parseChoice } from '../payloads/request-form.js';
import { parseSender } from '../payloads/sender.js';
import { turnAway } from '../turn-away.js';

const BUTTONS = [
  'approve',
  'withdraw',
  'relinquish',
  'end',
  'extend',
  'settle',
  'endRepeat',
] as const satisfies (keyof Access & keyof typeof ACTIONS)[];

/** The buttons and menus of cards and direct messages, and the two selects of the modal that change what it shows. */
export function registerActions(app: App, deps: Deps): void {
  const { access } = deps;
  for (const verb of BUTTONS) {
    registerClick(app, deps, verb, parseClick, (actor, { requestId, clicked }) =>
      access[verb](actor, requestId, clicked),
    );
  }
  registerClick(app, deps, 'approveFor', parseApproval, (actor, { requestId, clicked, forMs }) =>
    access.approveFor(actor, requestId, clicked, forMs),
  );
  registerClick(app, deps, 'again', parseAgain, (actor, { requestId, span, clicked }) =>
    access.approveAgain(actor, requestId, span, clicked),
  );
  // The latest choice of each form being filled; it only orders choices made while another is in progress.
  const latest = new Map<string, symbol>();
  registerSelect(app, deps, ACTIONS.target, latest);
  registerSelect(app, deps, ACTIONS.role, latest);
}

/** @param parse null for what isn't believed. */
function registerClick<
  T extends { readonly requestId: string; readonly clicked: Clicked; readonly before?: Private | null },
>(
  app: App,
  deps: Deps,
  verb: keyof typeof ACTIONS,
  parse: (body: unknown) => T | null,
  act: (actor: Actor, click: T) => Promise<Reply>,
): void {
  const { logger } = deps;

  app.action(ACTIONS[verb], async (args) => {
    const { ack, body, context, respond } = args;
    claim(context);
    const sender = parseSender(body);
    const click = parse(body);
    if (sender === null || click === null) {
      refuseMalformed('click', logger);
      return turnAway(args, 'malformed_payload', deps);
    }
    await acknowledge(ack, logger);

    // crash point: after-click-before-ledger
    const { actor } = sender;
    let reply: Reply;
    try {
      reply = await act(actor, click);
    } catch (error) {
      logger.error({ err: coerceError(error), request: click.requestId, verb }, 'Slack: a click failed');
      reply = { text: wentWrong(click.requestId) };
    }
    // crash point: after-ledger-before-answer
    await answerClick(reply, actor, click.clicked, { ...deps, respond });
    if (click.before) await drawAgain(deps, actor, click.before, click.requestId, respond);
  });
}

/** What only they see is drawn once, and nothing keeps it up: after their own click it shows how things stand. */
async function drawAgain(
  { access, logger }: Deps,
  actor: Actor,
  before: Private,
  requestId: string,
  respond: RespondFn,
): Promise<void> {
  try {
    const now = await access.drawAgain(actor, before, requestId);
    if (now === null) return;
    await respond({ replace_original: true, text: now.text, blocks: [...now.blocks] });
  } catch (error) {
    logger.warn(
      { err: coerceError(error), request: requestId },
      'Slack: a private message was not drawn again',
    );
  }
}

function registerSelect(app: App, deps: Deps, actionId: string, latest: Map<string, symbol>): void {
  const { access, outward, logger, seal } = deps;

  app.action(actionId, async (args) => {
    const { ack, body, context } = args;
    claim(context);
    const sender = parseSender(body);
    const choice = parseChoice(body);
    if (sender === null || choice === null) {
      refuseMalformed('choice', logger);
      return turnAway(args, 'malformed_payload', deps);
    }
    await acknowledge(ack, logger);

    const { view, channel } = choice;
    const role = actionId === ACTIONS.role ? choice.chosen : null;
    const target = role === null ? choice.chosen : choice.target;
    if (target === null) return;
    const mine = Symbol(view.id);
    latest.set(view.id, mine);
    try {
      const form = await access.fillForm(sender.actor, { target, role, channel });
      const filled = seal.close(form, sender.actor.userId);
      try {
        await outward.updateView(view, filled);
      } catch (error) {
        if (codeOf(error) !== 'hash_conflict') throw error;
        // Another choice was drawn since this one was made: this replaces an earlier one; a later one stays.
        if (latest.get(view.id) === mine) await outward.updateView({ id: view.id, hash: null }, filled);
      }
    } catch (error) {
      // The form was closed before it was filled.
      if (codeOf(error) === 'not_found') return;
      logger.error({ err: coerceError(error) }, 'Slack: the form was not filled');
      await tellPrivately(wentWrong(), { ...deps, userId: sender.actor.userId, respond: undefined });
    } finally {
      if (latest.get(view.id) === mine) latest.delete(view.id);
    }
  });
}

function codeOf(thrown: unknown): unknown {
  return thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
}
