/** How the functions answer for each item, and what that means. */
import pg from 'pg';
import { z } from 'zod';
import { TargetError, targetError } from '../errors.js';

/** `code` and `message`: SQLSTATE and words of what failed. */
export const failure = z.object({ code: z.string().nullable(), message: z.string().nullable() });
type Failure = z.infer<typeof failure>;

/** The error of an item that failed: as if the statement alone had failed. */
export function errorOf({ code, message }: Failure): TargetError {
  if (code === '22023' || code === '55000' || code === '42501') {
    // The functions write the SQL that would change the reason on a line of its own.
    const [reason = '', fix = null] = (message ?? '').split('\n');
    return new TargetError({
      kind: code === '42501' ? 'not_permitted' : 'unfit',
      scope: 'pair',
      passing: false,
      sentence: `The server refuses: ${reason}.`,
      nextStep: code === '22023' ? 'Grant it for less, or change hallpass.config on the server.' : fix,
    });
  }
  const error = new pg.DatabaseError(message ?? '', 0, 'error');
  error.code = code ?? undefined;
  return targetError(error, 'call');
}

/** @throws TargetError when every item met the same lock: it concerns the role as a whole, which then goes last. */
export function throwIfBlocked(answers: readonly (Failure & { readonly state: string })[]): void {
  const errors = answers.map((answer) => (answer.state === 'failed' ? errorOf(answer) : null));
  const [first] = errors;
  if (first && errors.every((error) => error?.scope === 'role')) throw first;
}

/** The functions answer for each item, or something is wrong with them. */
export function answerFor<T>(answer: T | undefined): T {
  if (answer === undefined) throw new Error('the server did not answer for every pair');
  return answer;
}
