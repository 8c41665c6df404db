import { withoutKnownSecrets } from './secrets.js';

/**
 * What every error of ours says: what went wrong in a sentence for people, the next step, and whether it
 * passes by itself (worth a retry) or is final until somebody changes something. Invariant: its words hold no secret that
 * Hallpass has read, also where they quote a server or a library; they are shown in Slack and on terminals.
 */
export class HallpassError extends Error {
  /** True when the same call may succeed later with nothing changed by us. */
  readonly passing: boolean;
  /** What the reader can do about it; one sentence, or null when there is nothing to do. */
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

/** Turns whatever was thrown into an Error, keeping it as the cause when it was not one. */
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

/** A port that the environment names can't be listened on: most of all, because another process does. */
export function cannotListen(variable: 'PORT' | 'OPS_PORT', port: number, cause: unknown): HallpassError {
  return new HallpassError(`Hallpass cannot listen on port ${port}.`, {
    passing: false,
    nextStep: `Give ${variable} a number that no other process uses.`,
    cause,
  });
}
