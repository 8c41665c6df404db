import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

export interface HallpassProcess {
  readonly pid: number | undefined;
  /** Resolves when it has ended, of itself or not. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  /** SIGKILL, as when the machine dies; resolves when it is gone. */
  kill(): Promise<void>;
  /** SIGTERM, and waits for it to end. @returns its exit code */
  stop(): Promise<number | null>;
}

/** How long the built Hallpass may take to be ready, milliseconds. */
const READY_MS = 120_000;

/** Hallpass as its users meet it, or its part that has no ear for Slack. */
export type HallpassCommand = 'serve' | 'worker';

/** Its input ends with the process that started it, however that ended: it must not be left behind. */
const END_WITH_PARENT =
  "process.stdin.on('end', () => process.kill(process.pid, 'SIGKILL')).resume().unref();";

/**
 * Starts a command of the built Hallpass as a process of its own.
 * @param onLine hears each line of its log
 */
export function spawnHallpass(
  cli: string,
  command: HallpassCommand,
  env: Readonly<Record<string, string>>,
  onLine: (line: string) => void,
): ChildProcess {
  const preload = `data:text/javascript,${END_WITH_PARENT}`;
  const child = spawn(process.execPath, ['--import', preload, cli, command], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout, child.stderr]) createInterface(stream).on('line', onLine);
  return child;
}

/**
 * Starts the built Hallpass as a process of its own, and waits until `/readyz` says yes.
 * @param onLine hears each line of its log
 * @throws Error with the end of its log when it does not become ready
 */
export async function startHallpass(
  cli: string,
  env: Readonly<Record<string, string>> & { readonly OPS_PORT: string },
  onLine: (line: string) => void,
  command: HallpassCommand = 'serve',
): Promise<HallpassProcess> {
  const tail: string[] = [];
  const child = spawnHallpass(cli, command, env, (line) => {
    tail.push(line);
    if (tail.length > 50) tail.shift();
    onLine(line);
  });
  const ended = new Promise<Awaited<HallpassProcess['ended']>>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  await becomesReady(child, env.OPS_PORT, tail);
  return {
    pid: child.pid,
    ended,
    kill: async () => void (await end(child, 'SIGKILL')),
    stop: () => end(child, 'SIGTERM'),
  };
}

async function becomesReady(child: ChildProcess, port: string, tail: readonly string[]): Promise<void> {
  const deadline = performance.now() + READY_MS;
  while (!hasEnded(child) && performance.now() < deadline) {
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => null);
    if (answer?.ok) return;
    await sleep(25);
  }
  await end(child, 'SIGKILL');
  throw new Error(`Hallpass did not become ready:\n${tail.join('\n')}`);
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (!hasEnded(child)) {
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  }
  return child.exitCode;
}
