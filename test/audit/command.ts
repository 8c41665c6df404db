import { join } from 'node:path';
import { spawnChild } from '../support/child.js';

const CLI = join(import.meta.dirname, '../../dist/cli.js');

/** Runs `hallpass audit ...` of the build to its end, with nothing else in its environment. */
export async function audit(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{ readonly code: number | null; readonly said: string }> {
  const child = spawnChild(process.execPath, [CLI, 'audit', ...args], env);
  const { code } = await child.ended;
  return { code, said: child.lines.join('\n') };
}
