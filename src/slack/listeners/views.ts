import type { App } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import type { Actor, Submitted } from '../../access/access.js';
import { coerceError } from '../../errors.js';
import { inTime } from '../../in-time.js';
import { VIEWS } from '../../surfaces/kit/ids.js';
import { ACK_BUDGET_MS, acknowledge, claim, type Deps, refuseMalformed, wentWrong } from '../answer.js';
import { parseDenial, parseSender, parseSubmission } from '../payloads.js';
import { besideInputs, turnAway } from '../turn-away.js';

interface Form<T> {
  readonly callbackId: string;
  readonly parse: (
    body: unknown,
  ) => { readonly sent: T; readonly viewId: string; readonly inputs: readonly string[] } | null;
  readonly take: (actor: Actor, sent: T) => Promise<Taken>;
  /** Said when it takes too long: a second submission must do nothing twice. */
  readonly tooSlow: string;
}

type Taken = Submitted | { readonly ok: false; readonly view: ModalView };

/** The submitted forms. Acknowledged last, so that errors can stand beside their fields, but always in time. */
export function registerViews(app: App, deps: Deps): void {
  const { access } = deps;
  registerForm(app, deps, {
    callbackId: VIEWS.request,
    parse: parseSubmission,
    take: (actor, submission) => access.submit(actor, submission),
    tooSlow: 'This takes longer than usual. Send it again in a moment: nothing is requested twice.',
  });
  registerForm(app, deps, {
    callbackId: VIEWS.deny,
    parse: parseDenial,
    take: (actor, denial) => access.deny(actor, denial),
    tooSlow: 'This takes longer than usual. Send it again in a moment: it is denied once.',
  });
}

function registerForm<T>(app: App, deps: Deps, { callbackId, parse, take, tooSlow }: Form<T>): void {
  const { logger, seal } = deps;
  app.view(callbackId, async (args) => {
    const { ack, body, context } = args;
    claim(context);
    const sender = parseSender(body);
    const submitted = parse(body);
    if (sender === null || submitted === null) {
      refuseMalformed('form', logger);
      return turnAway(args, 'malformed_payload', deps);
    }
    const { sent, viewId, inputs } = submitted;
    const { actor } = sender;
    const refuse = (errors: Record<string, string>): Promise<void> =>
      acknowledge(() => ack({ response_action: 'errors', errors: besideInputs(errors, inputs) }), logger);

    const failed = (error: unknown): void =>
      logger.error({ err: coerceError(error), view: viewId }, 'Slack: a submission failed');

    const work = (async () => take(actor, sent))();
    try {
      const answer = await inTime(ACK_BUDGET_MS, work, () => null);
      if (answer === null) {
        logger.warn({ view: viewId }, 'Slack: a submission took too long');
        await refuse({ '': tooSlow });
        // It still counts as being handled: a stop waits for it.
        await work.catch(failed);
      } else if ('confirm' in answer) {
        const view = deps.seal.close(answer.confirm, sender.actor.userId);
        await acknowledge(() => ack({ response_action: 'push', view }), logger);
      } else if (answer.ok) await acknowledge(ack, logger);
      else if ('errors' in answer) await refuse(answer.errors);
      else {
        const view = seal.close(answer.view, actor.userId);
        await acknowledge(() => ack({ response_action: 'update', view }), logger);
      }
    } catch (error) {
      failed(error);
      await refuse({ '': wentWrong() });
    }
  });
}
