import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { createInterface } from 'node:readline';
import { freePort } from '../postgres/free-port.js';

/** A Redis of our own. It keeps nothing on disk: what ends it wipes it. */
export interface Redis {
  readonly url: string;
  /** Starts it again, empty, at the same address. @throws Error with its own words when it does not start */
  start(): Promise<void>;
  /** Ends it, in order, or as when its machine dies. Does nothing while it does not run. */
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

interface Server {
  /** What it wrote, or why it could not be started. */
  readonly said: readonly string[];
  /** Resolves when it takes connections (true), or has ended. */
  readonly ready: Promise<boolean>;
  end(signal: NodeJS.Signals): Promise<void>;
}

/** Starts `redis-server`, which must be on the PATH. @throws Error with its own words when it does not start */
export async function startRedis(): Promise<Redis> {
  const port = await freePort();
  let server: Server | null = null;
  const onExit = () => void server?.end('SIGKILL');

  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    process.off('exit', onExit);
    await server?.end(signal);
    server = null;
  };
  const start = async (): Promise<void> => {
    await stop('SIGTERM');
    process.on('exit', onExit);
    server = run(port);
    if (await server.ready) return;
    throw new Error(`redis-server on port ${port} ended:\n${server.said.join('\n')}`);
  };
  await start();
  return { url: `redis://127.0.0.1:${port}`, start, stop: (signal = 'SIGTERM') => stop(signal) };
}

function run(port: number): Server {
  const settings = { port, bind: '127.0.0.1', dir: tmpdir(), save: '', 'maxmemory-policy': 'noeviction' };
  const args = Object.entries(settings).flatMap(([key, value]) => [`--${key}`, String(value)]);
  const child = spawn('redis-server', args, {
    env: { PATH: process.env.PATH },
    stdio: ['ignore', 'pipe', 'ignore'],
    // A session of its own: Ctrl-C in a terminal is for the program, which then stops its servers in order.
    detached: true,
  });
  const said: string[] = [];
  const gone = new Promise<void>((resolve) => {
    child.on('error', (error) => {
      said.push(error.message);
      resolve();
    });
    child.on('close', () => resolve());
  });
  const takesConnections = new Promise<boolean>((resolve) => {
    createInterface(child.stdout).on('line', (line) => {
      said.push(line);
      if (line.includes('Ready to accept')) resolve(true);
    });
  });
  return {
    said,
    ready: Promise.race([takesConnections, gone.then(() => false)]),
    end: async (signal) => {
      child.kill(signal);
      await gone;
    },
  };
}
