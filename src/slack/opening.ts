import type { RespondFn } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { coerceError } from '../errors.js';
import type { Message } from '../surfaces/kit/message.js';
import { type Deps, tellPrivately, wentWrong } from './answer.js';
import type { Work } from './once.js';

/** Nobody waits for a first answer longer than Slack waits with a form: 3 s, less what the way takes. Milliseconds. */
const LATE_MS = 2_200;

/** The answer is lost: Slack may have opened the form. */
const UNSURE: ReadonlySet<unknown> = new Set(['timeout', 'network']);

/**
 * Opens a form for this person, or tells them privately what to do. Never throws.
 * @param build takes a second at most, because the trigger lives 3 s; null when they were told something instead.
 * @param again what opens it, in words: "type /request".
 */
export async function openForm(
  deps: Deps,
  {
    triggerId,
    userId,
    tell,
    build,
    again,
  }: {
    readonly triggerId: string;
    readonly userId: string;
    /** Says why it doesn't open, there where they clicked or typed; in mrkdwn. */
    readonly tell: (text: string) => Promise<void>;
    readonly build: () => Promise<ModalView | null>;
    readonly again: string;
  },
): Promise<void> {
  const { outward, logger, seal } = deps;
  try {
    const form = await build();
    if (form !== null) await outward.openView(triggerId, seal.close(form, userId));
  } catch (error) {
    const text = whyNotOpened(error, again);
    if (text === null) return logger.info('Slack: the form was opened by the same command or click already');
    logger.error({ err: coerceError(error) }, 'Slack: the form was not opened');
    await tell(text);
  }
}

/**
 * Tells this person what came of their command or shortcut, or opens the form. Never throws.
 * @param late what they are told when that takes longer than a form can wait; then what came of it is told after that.
 */
export async function answerOrOpen(
  deps: Deps,
  {
    work: { answer, repeated },
    late,
    ...asked
  }: Omit<Parameters<typeof openForm>[1], 'build' | 'tell'> & {
    readonly respond: RespondFn | undefined;
    readonly work: Work;
    readonly late?: Message;
  },
): Promise<void> {
  const waiting =
    late === undefined || repeated
      ? undefined
      : setTimeout(() => void tellPrivately(late, { ...deps, ...asked }), LATE_MS);
  try {
    const answered = await answer.finally(() => clearTimeout(waiting));
    if ('form' in answered) {
      const tell = (text: string) => tellPrivately(text, { ...deps, ...asked });
      return await openForm(deps, { ...asked, tell, build: async () => answered.form });
    }
    if (!repeated) await tellPrivately(answered.message, { ...deps, ...asked });
  } catch (error) {
    deps.logger.error({ err: coerceError(error) }, 'Slack: a command or a shortcut failed');
    if (!repeated) await tellPrivately(wentWrong(), { ...deps, ...asked });
  }
}

/** For the person; null when the form is there: Slack delivered the command or the click twice. */
function whyNotOpened(error: unknown, again: string): string | null {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code === 'exchanged_trigger_id') return null;
  if (UNSURE.has(code)) {
    return `Slack didn't say whether the form opened. If you don't see it, ${again} again.`;
  }
  const next = `${again.charAt(0).toUpperCase()}${again.slice(1)} again`;
  if (code === 'expired_trigger_id') {
    return `That took longer than the 3 s that Slack allows, so the form didn't open. ${next}.`;
  }
  return `The form could not be opened. ${next}; if it happens again, tell an operator of Hallpass.`;
}
