import { withoutKnownSecrets } from './secrets.js';

/**
 * Says what went wrong in a sentence for people, the next step, and whether it passes by itself or lasts until somebody
 * changes something. Invariant: its words, which Slack and terminals show, hold no secret that Hallpass has read, even where
 * they quote a server or a library.
 */
export class HallpassError extends Error {
  /** The same call may succeed later with nothing changed: worth a retry. */
  readonly passing: boolean;
  /** What the reader can do, in a sentence; null when there is nothing to do. */
  readonly nextStep: string | null;

  constructor(
    message: string,
    options: { passing: boolean; nextStep?: string | null | undefined; cause?: unknown },
  ) {
    super(withoutKnownSecrets(message), options.cause === undefined ? {} : { cause: options.cause });
    this.name = new.target.name;
    this.passing = options.passing;
    this.nextStep = options.nextStep ? withoutKnownSecrets(options.nextStep) : null;
  }
}

/** What was thrown, or an Error with it as the cause. */
export function coerceError(thrown: unknown): Error {
  if (thrown instanceof Error) return thrown;
  return new Error(typeof thrown === 'string' ? thrown : 'something that is no Error was thrown', {
    cause: thrown,
  });
}

/** An error that nothing has classified may pass: revocations keep being retried. */
export function asHallpassError(thrown: unknown): HallpassError {
  if (thrown instanceof HallpassError) return thrown;
  const cause = coerceError(thrown);
  return new HallpassError(`something unexpected happened: ${cause.message}`, { passing: true, cause });
}

/** The configured port can't be bound, usually because another process uses it. */
export function cannotListen(variable: 'PORT' | 'OPS_PORT', port: number, cause: unknown): HallpassError {
  return new HallpassError(`Hallpass cannot listen on port ${port}.`, {
    passing: false,
    nextStep: `Give ${variable} a number that no other process uses.`,
    cause,
  });
}
