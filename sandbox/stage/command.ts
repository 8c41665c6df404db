import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/**
 * Runs a command of the built Hallpass to its end.
 * @returns what it printed
 * @throws Error with its words when it fails
 */
export async function runCommand(
  cli: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [cli, ...args], {
    env: { PATH: process.env.PATH, ...env },
  });
  return stdout.trim();
}
