/** However the demo ends, nothing of it stays: it or its next start clears away all that it made. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { waitFor } from '../support/wait-for.js';

const ROOT = join(import.meta.dirname, '../..');
/** Where all of it runs, and puts what it makes. */
const place = mkdtempSync(join(tmpdir(), 'hallpass-clean-up-'));
const temp = join(place, 'tmp');

beforeAll(() => {
  execFileSync('npx', ['tsc', '-p', 'sandbox'], { cwd: ROOT });
  // Postgres runs as somebody else when root starts it.
  chmodSync(place, 0o755);
  mkdirSync(temp);
  mkdirSync(join(place, 'build/page'), { recursive: true });
  symlinkSync(join(ROOT, 'dist'), join(place, 'dist'));
});
afterAll(() => rmSync(place, { recursive: true, force: true }));

/** @returns once it has printed its address */
async function startDemo(): Promise<ChildProcess> {
  const demo = spawn(process.execPath, [join(ROOT, 'build/sandbox/demo.js'), '--no-open'], {
    cwd: place,
    env: { ...process.env, TMPDIR: temp },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface(demo.stdout)) if (line.includes('?token=')) return demo;
  throw new Error('the demo ended before it was ready');
}

/** What runs for it: Hallpass, by the path of its command, and servers, by their folders. */
function running(): readonly string[] {
  const all = execFileSync('ps', ['-A', '-ww', '-o', 'args='], { encoding: 'utf8' }).split('\n');
  return all.filter((args) => args.includes(join(place, 'dist')) || args.includes(temp));
}

const owners = () =>
  new Set(readdirSync(temp).map((name) => /^hallpass-[a-z]+-(\d+)-/.exec(name)?.[1] ?? name));

it('after kill -9 no Hallpass runs on, the next start clears the rest, and Ctrl-C leaves nothing', async () => {
  const first = await startDemo();
  expect(running().filter((args) => args.includes('cli.js'))).toHaveLength(1);
  expect(owners()).toEqual(new Set([String(first.pid)]));
  first.kill('SIGKILL');
  await waitFor(() => !running().some((args) => args.includes('cli.js')), { what: 'Hallpass to end' });

  const second = await startDemo();
  try {
    expect(owners()).toEqual(new Set([String(second.pid)]));
  } finally {
    second.kill('SIGINT');
    await once(second, 'exit');
  }
  expect(second.exitCode).toBe(0);
  await waitFor(() => running().length === 0, { what: 'all of its processes to end' });
  expect(readdirSync(temp)).toEqual([]);
});
