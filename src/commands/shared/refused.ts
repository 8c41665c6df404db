import { HallpassError } from '../../errors.js';

/** For what was typed and can't be done as it stands. */
export function refused(message: string, nextStep: string, cause?: unknown): HallpassError {
  return new HallpassError(message, { passing: false, nextStep, cause });
}
