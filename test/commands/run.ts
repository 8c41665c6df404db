import { join } from 'node:path';
import { spawnChild } from '../support/child.js';

const CLI = join(import.meta.dirname, '../../dist/cli.js');

export interface Said {
  readonly code: number | null;
  /** Line by line. */
  readonly lines: readonly string[];
  readonly said: string;
}

/** Runs a command of the build to its end, with nothing but `env` in its environment. */
export function hallpass(args: readonly string[], env: Readonly<Record<string, string>>): Promise<Said> {
  return ended(process.execPath, [CLI, ...args], env);
}

/** Runs `hallpass ARGS | ...` in a shell. */
export function piped(args: string, pipe: string, env: Readonly<Record<string, string>>): Promise<Said> {
  return ended('/bin/bash', ['-c', `set -o pipefail; "${process.execPath}" "${CLI}" ${args} | ${pipe}`], env);
}

async function ended(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Said> {
  const child = spawnChild(command, args, env);
  const { code } = await child.ended;
  return { code, lines: child.lines, said: child.lines.join('\n') };
}
