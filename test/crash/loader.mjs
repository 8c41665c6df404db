/**
 * Given to node by `--import`: makes the crash points of the real build real. A comment `// crash point: NAME` in a file
 * of dist/ becomes a call that kills the process there (SIGKILL), or stops it (SIGSTOP), as soon as the file named by
 * HALLPASS_CRASH_FILE says so: "NAME SIGKILL". That file goes when the point is reached, so the next process lives.
 */
import { readFileSync, rmSync, writeSync } from 'node:fs';
import { register } from 'node:module';
import { isMainThread } from 'node:worker_threads';

const BUILD = new URL('../../dist/', import.meta.url).href;
const POINT = /^\s*\/\/ crash point: (\S+)$/gm;

/** node's hook: https://nodejs.org/docs/latest-v20.x/api/module.html#loadurl-context-nextload */
export async function load(url, context, nextLoad) {
  const loaded = await nextLoad(url, context);
  if (!url.startsWith(BUILD)) return loaded;
  // On one line, so that the lines of the source keep their numbers.
  return { ...loaded, source: String(loaded.source).replace(POINT, 'globalThis.reachCrashPoint("$1");') };
}

function reach(name) {
  const file = process.env.HALLPASS_CRASH_FILE ?? '';
  const [wanted, signal] = read(file).split(' ');
  if (wanted !== name) return;
  rmSync(file);
  // What the next line sends is then sent, and nothing of an answer was read: microtasks come before any input.
  if (name.startsWith('inside-')) queueMicrotask(() => hit(name, signal));
  else hit(name, signal);
}

function hit(name, signal) {
  writeSync(2, `${signal} at the crash point ${name}\n`);
  process.kill(process.pid, signal);
  // A signal may take a moment, and not one more line may run meanwhile.
  const cell = new Int32Array(new SharedArrayBuffer(4));
  Atomics.wait(cell, 0, 0, signal === 'SIGKILL' ? Number.POSITIVE_INFINITY : 100);
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

if (isMainThread) {
  globalThis.reachCrashPoint = reach;
  register(import.meta.url);
}
