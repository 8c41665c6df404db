import type { App } from '@slack/bolt';
import { coerceError } from '../../errors.js';
import { inTime } from '../../in-time.js';
import { VIEWS } from '../../surfaces/ids.js';
import { ACK_BUDGET_MS, acknowledge, claim, type Deps, refuseMalformed, wentWrong } from '../answer.js';
import { parseSender, parseSubmission } from '../payloads.js';
import { besideInputs, turnAway } from '../turn-away.js';

/** Safe to say, because a second submission of one view is the same request. */
const TOO_SLOW = 'This takes longer than usual. Send it again in a moment: nothing is requested twice.';

/** The submitted modal. Acknowledged last, so that errors can stand beside their fields, but always in time. */
export function registerViews(app: App, deps: Deps): void {
  const { access, logger } = deps;
  app.view(VIEWS.request, async (args) => {
    const { ack, body, context } = args;
    claim(context);
    const sender = parseSender(body);
    const submitted = parseSubmission(body);
    if (sender === null || submitted === null) {
      refuseMalformed('form', logger);
      return turnAway(args, 'malformed_payload', deps);
    }
    const { submission, inputs } = submitted;
    const refuse = (errors: Record<string, string>): Promise<void> =>
      acknowledge(() => ack({ response_action: 'errors', errors: besideInputs(errors, inputs) }), logger);

    const failed = (error: unknown): void =>
      logger.error({ err: coerceError(error), view: submission.viewId }, 'Slack: a submission failed');

    const work = (async () => access.submit(sender.actor, submission))();
    try {
      const answer = await inTime(ACK_BUDGET_MS, work, () => null);
      if (answer === null) {
        logger.warn({ view: submission.viewId }, 'Slack: a submission took too long');
        await refuse({ '': TOO_SLOW });
        // It still counts as being handled: a stop waits for it.
        await work.catch(failed);
      } else if (answer.ok) await acknowledge(ack, logger);
      else await refuse(answer.errors);
    } catch (error) {
      failed(error);
      await refuse({ '': wentWrong() });
    }
  });
}
