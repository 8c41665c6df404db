/** How the functions answer for each item, and what that means. */
import pg from 'pg';
import { z } from 'zod';
import { TargetError, targetError } from '../errors.js';

/** `code` and `message`: SQLSTATE and words of what failed. */
export const failure = z.object({ code: z.string().nullable(), message: z.string().nullable() });

/** The error of an item that failed: as if the statement alone had failed. */
export function errorOf({ code, message }: z.infer<typeof failure>): TargetError {
  if (code === '22023' || code === '55000' || code === '42501') {
    // The functions write the SQL that changes a reason on a line of its own.
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

/** What is locked is locked for all of the role: whoever goes through the roles takes it last from then on. */
export function throwIfBlocked(errors: readonly (TargetError | null)[]): void {
  const [first] = errors;
  if (first && errors.every((error) => error?.scope === 'role')) throw first;
}
