/** The form that asks once more in an emergency, and a reviewer's buttons and form. */
import type { App } from '@slack/bolt';
import type { Submitted } from '../../access/access.js';
import type { Verdict } from '../../domain/policy/emergency.js';
import { coerceError } from '../../errors.js';
import { inTime } from '../../in-time.js';
import { emergencyRefused } from '../../surfaces/forms/emergency-forms.js';
import { ACTIONS, BLOCKS, VIEWS } from '../../surfaces/kit/ids.js';
import {
  ACK_BUDGET_MS,
  acknowledge,
  claim,
  type Deps,
  refuseMalformed,
  TOO_SLOW,
  tellPrivately,
  wentWrong,
} from '../answer.js';
import { parseConfirmed, parseJudgement } from '../emergency-payloads.js';
import { parseClick, parseSender } from '../payloads.js';
import { turnAway } from '../turn-away.js';

export function registerEmergencies(app: App, deps: Deps): void {
  registerConfirmation(app, deps);
  registerReviewer(app, deps, ACTIONS.justified, 'justified');
  registerReviewer(app, deps, ACTIONS.notJustified, 'not_justified');
  registerJudgement(app, deps);
}

/** It has no input beside which an error could stand: another view says why nothing was granted. */
function registerConfirmation(app: App, deps: Deps): void {
  const { access, logger } = deps;
  app.view(VIEWS.emergency, async (args) => {
    const { ack, body, context } = args;
    claim(context);
    const sender = parseSender(body);
    const submission = parseConfirmed(body);
    const refuse = (why: string): Promise<void> =>
      acknowledge(() => ack({ response_action: 'update', view: emergencyRefused(why) }), logger);
    if (sender === null || submission === null) {
      refuseMalformed('form', logger);
      return turnAway(args, 'malformed_payload', deps);
    }
    const answer = await answered(deps, submission.viewId, access.submit(sender.actor, submission), refuse);
    if (answer === null) return;
    if (answer.ok) await acknowledge(() => ack({ response_action: 'clear' }), logger);
    else await refuse(Object.values(answer.errors).join(' '));
  });
}

function registerJudgement(app: App, deps: Deps): void {
  const { access, logger } = deps;
  app.view(VIEWS.judge, async (args) => {
    const { ack, body, context } = args;
    claim(context);
    const sender = parseSender(body);
    const judgement = parseJudgement(body);
    if (sender === null || judgement === null) {
      refuseMalformed('form', logger);
      return turnAway(args, 'malformed_payload', deps);
    }
    const refuse = (errors: Record<string, string>): Promise<void> =>
      acknowledge(() => ack({ response_action: 'errors', errors }), logger);
    const judging = access.judge(sender.actor, judgement);
    const answer = await answered(deps, judgement.viewId, judging, (why) => refuse({ [BLOCKS.words]: why }));
    if (answer === null) return;
    if (answer.ok) await acknowledge(ack, logger);
    else await refuse(answer.errors);
  });
}

/** What came of it in time; null: it failed or takes longer, which `refuse` has said. */
async function answered(
  { logger }: Deps,
  view: string,
  work: Promise<Submitted>,
  refuse: (why: string) => Promise<void>,
): Promise<Submitted | null> {
  const failed = (error: unknown): void =>
    logger.error({ err: coerceError(error), view }, 'Slack: a submission failed');
  try {
    const answer = await inTime(ACK_BUDGET_MS, work, () => null);
    if (answer !== null) return answer;
    logger.warn({ view }, 'Slack: a submission took too long');
    await refuse(TOO_SLOW);
    // It still counts as being handled: a stop waits for it.
    await work.catch(failed);
  } catch (error) {
    failed(error);
    await refuse(wentWrong());
  }
  return null;
}

function registerReviewer(app: App, deps: Deps, actionId: string, verdict: Verdict): void {
  const { access, outward, logger, seal } = deps;
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
    let text: string;
    try {
      const opened = await access.openJudging(actor, click.requestId, verdict);
      if ('form' in opened) return await outward.openView(triggerId, seal.close(opened.form, actor.userId));
      text = opened.text;
    } catch (error) {
      logger.error({ err: coerceError(error), request: click.requestId }, 'Slack: a review was not opened');
      text = wentWrong(click.requestId);
    }
    await tellPrivately(text, { ...deps, userId: actor.userId, respond });
  });
}
