/**
 * The folders that clusters and stages live in. Kept here: neither a server nor its folder outlives the process that
 * made it. However that process ends, it or the next one that starts a cluster ends the server and deletes
 * the folder. The owner's process id is part of the folder's name, so a folder is never without an owner.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isOpenToAll, type ServerUser } from './server-user.js';

type Kind = 'postgres' | 'stage';
/** With the owner's process id. */
const NAME = /^hallpass-(?:postgres|stage)-(\d+)-/;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** How long a server may take to leave before it is killed, milliseconds. */
const PATIENCE_MS = 5_000;

/** The folders of this process. */
const held = new Set<string>();

/** Makes an empty folder, after clearing away those whose owner is gone. */
export function createFolder(user: ServerUser | null, kind: Kind = 'postgres'): string {
  const parent = user === null || isOpenToAll(tmpdir()) ? tmpdir() : '/tmp';
  reapFolders(parent);
  const folder = mkdtempSync(join(parent, `hallpass-${kind}-${process.pid}-`));
  if (held.size === 0) watchForTheEnd();
  held.add(folder);
  return folder;
}

export function dataFolder(folder: string): string {
  return join(folder, 'data');
}

/** Ends the server that runs in the folder, if one does, and deletes the folder. */
export function removeFolder(folder: string): void {
  const deadline = Date.now() + PATIENCE_MS;
  for (let pid = postmasterOf(folder); pid !== null; pid = postmasterOf(folder)) {
    send(pid, Date.now() < deadline ? 'SIGQUIT' : 'SIGKILL');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
  }
  freeSharedMemory(folder);
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  held.delete(folder);
  if (held.size === 0) stopWatching();
}

function reapFolders(parent: string): void {
  const uid = process.getuid?.();
  for (const name of readdirSync(parent)) {
    const owner = Number(NAME.exec(name)?.[1]);
    if (Number.isNaN(owner) || send(owner, 0)) continue;
    const folder = join(parent, name);
    const stat = statSync(folder, { throwIfNoEntry: false });
    if (stat?.isDirectory() && (uid === 0 || uid === stat.uid)) removeFolder(folder);
  }
}

/** The process id of the server that runs in the folder; null when none does. */
function postmasterOf(folder: string): number | null {
  const pid = Number(lockFile(folder)[0]);
  // The id alone is no proof: since that server ended, it may have gone to a process that is none of ours.
  return pid > 0 && commandLine(pid).includes(dataFolder(folder)) ? pid : null;
}

/**
 * A server that was killed leaves a shared memory segment behind, of which a system has few (macOS: 32). Its
 * key is in line 7 of postmaster.pid, which only such a server leaves (PostgreSQL documentation, "Database
 * File Layout").
 */
function freeSharedMemory(folder: string): void {
  const key = lockFile(folder)[6]?.trim().split(/\s+/)[0];
  if (key === undefined) return;
  try {
    execFileSync('ipcrm', ['-M', key], { stdio: 'ignore' });
  } catch {
    // Already gone, or no ipcrm here: nothing that must be said.
  }
}

function lockFile(folder: string): readonly string[] {
  try {
    return readFileSync(join(dataFolder(folder), 'postmaster.pid'), 'utf8').split('\n');
  } catch {
    return [];
  }
}

/** Empty when there is no such process, or only what is left of one. */
function commandLine(pid: number): string {
  try {
    if (process.platform === 'linux') return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
  } catch {
    return '';
  }
}

/** Sends a signal (0: none); false when there is no such process. */
function send(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function removeAll(): void {
  for (const folder of held) removeFolder(folder);
}

function onSignal(signal: NodeJS.Signals): void {
  // Somebody else listens too: the program ends in its own way, and passes through 'exit' when it does.
  if (process.listenerCount(signal) > 1) return;
  removeAll();
  process.kill(process.pid, signal);
}

function watchForTheEnd(): void {
  process.on('exit', removeAll);
  for (const signal of SIGNALS) process.on(signal, onSignal);
}

function stopWatching(): void {
  process.off('exit', removeAll);
  for (const signal of SIGNALS) process.off(signal, onSignal);
}
