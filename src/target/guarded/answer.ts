/** How the functions answer for each item, and what that means. */
import pg from 'pg';
import { z } from 'zod';
import { TargetError, targetError } from '../errors.js';

/** `code` and `message`: SQLSTATE and words of what failed. */
export const failure = z.object({ code: z.string().nullable(), message: z.string().nullable() });

/** The error of an item that failed: as if the statement alone had failed. */
export function errorOf({ code, message }: z.infer<typeof failure>): TargetError {
  if (code === '22023' || code === '55000') {
    return new TargetError({
      kind: 'unfit',
      scope: 'pair',
      passing: false,
      sentence: `The server refuses: ${message}.`,
      nextStep: code === '22023' ? 'Lend for less, or change hallpass.config on the server.' : null,
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
