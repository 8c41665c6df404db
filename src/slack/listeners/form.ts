import type { App } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import type { Actor, Submitted } from '../../access/access.js';
import { coerceError } from '../../errors.js';
import { inTime } from '../../in-time.js';
import { ACK_BUDGET_MS, acknowledge, claim, type Deps, refuseMalformed, wentWrong } from '../answer.js';
import { parseSender } from '../payloads/sender.js';
import { besideInputs, turnAway } from '../turn-away.js';

interface Form<T> {
  readonly callbackId: string;
  readonly parse: (
    body: unknown,
  ) => { readonly sent: T; readonly viewId: string; readonly inputs: readonly string[] } | null;
  readonly take: (actor: Actor, sent: T) => Promise<Taken>;
  /** Said when it takes too long: a second submission must do nothing twice. */
  readonly tooSlow: string;
  /** For a form without inputs, beside which an error could stand: what says why it was not taken. */
  readonly refusal?: (why: string) => ModalView;
  /** Once it is taken, the forms under it close as well. */
  readonly closesAll?: boolean;
}

type Taken = Submitted | { readonly ok: false; readonly view: ModalView };

/** Hears a form when it is submitted. Acknowledged last, so that errors can stand beside their fields, but always in time. */
export function registerForm<T>(
  app: App,
  deps: Deps,
  { callbackId, parse, take, tooSlow, refusal, closesAll = false }: Form<T>,
): void {
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
    const show = (action: 'update' | 'push', form: ModalView): Promise<void> => {
      const view = seal.close(form, actor.userId);
      return acknowledge(() => ack({ response_action: action, view }), logger);
    };
    const refuse = (errors: Record<string, string>): Promise<void> =>
      refusal === undefined
        ? acknowledge(() => ack({ response_action: 'errors', errors: besideInputs(errors, inputs) }), logger)
        : show('update', refusal(Object.values(errors).join(' ')));
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
      } else if ('confirm' in answer) await show('push', answer.confirm);
      else if ('view' in answer) await show('update', answer.view);
      else if (!answer.ok) await refuse(answer.errors);
      else await acknowledge(() => (closesAll ? ack({ response_action: 'clear' }) : ack()), logger);
    } catch (error) {
      failed(error);
      await refuse({ '': wentWrong() });
    }
  });
}
