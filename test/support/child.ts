/**
 * Child processes of tests. Kept here: none outlives its test file, and a file that leaves one running fails.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { afterAll } from 'vitest';

interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Child {
  readonly pid: number | undefined;
  /** What it wrote to stdout and stderr so far, line by line. */
  readonly lines: readonly string[];
  /** null while it runs. */
  readonly exit: Exit | null;
  /** Resolves when it has ended and all that it wrote is in `lines`. */
  readonly ended: Promise<Exit>;
  /** Sends the signal, and resolves as `ended` does. */
  end(signal: NodeJS.Signals): Promise<Exit>;
}

const running = new Set<Child>();

afterAll(async () => {
  const leaked = [...running];
  await Promise.all(leaked.map((child) => child.end('SIGKILL')));
  if (leaked.length > 0) {
    const last = leaked.map((child) => `${child.pid}: ${child.lines.at(-1) ?? '(wrote nothing)'}`);
    throw new Error(`child processes were left running, and have been killed:\n${last.join('\n')}`);
  }
});
process.on('exit', () => {
  for (const child of running) void child.end('SIGKILL');
});

/** Runs a program with nothing but PATH and `env` in its environment. */
export function spawnChild(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Child {
  const spawned = spawn(command, args, {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  for (const stream of [spawned.stdout, spawned.stderr]) {
    createInterface(stream).on('line', (line) => lines.push(line));
  }
  spawned.on('error', (error) => lines.push(error.message));
  let exit: Exit | null = null;
  const ended = new Promise<Exit>((resolve) => {
    spawned.on('close', (code, signal) => {
      exit = { code, signal };
      running.delete(child);
      resolve(exit);
    });
  });
  const child: Child = {
    pid: spawned.pid,
    lines,
    get exit() {
      return exit;
    },
    ended,
    end: (signal) => {
      spawned.kill(signal);
      return ended;
    },
  };
  running.add(child);
  return child;
}
