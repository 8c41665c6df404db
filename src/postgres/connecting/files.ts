import { readFile } from 'node:fs/promises';
import { loginRefusedError } from '../errors.js';

/**
 * Reads a file that the configuration names; each time, so a rotated file needs no restart.
 * @param what it is, for the error: "password file".
 * @throws TargetError naming the file; never its content.
 */
export async function readConfigured(what: string, path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw loginRefusedError(
      `The ${what} ${path} can’t be read${codeOf(cause)}.`,
      'Check that it exists, and that Hallpass may read it.',
      cause,
    );
  }
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? ` (${cause.code})` : '';
}
