/** A command's standard output and error: the reader may leave before the end, and a disk may be full. */
import { writeSync } from 'node:fs';
import { basename, relative } from 'node:path';
import { coerceError } from './errors.js';

/** Why a line could not be written, other than that the reader has left; null: all were written. */
let lost: NodeJS.ErrnoException | null = null;

/**
 * When the reader leaves (`| head`), the command still runs to its end: the rest of its output is dropped, and the exit code
 * is its own. When output can't be written (a full disk), standard error says so once, and the exit code is at least 1.
 */
export function watchOutput(): void {
  process.stdout.on('error', notWritten);
  // There is nowhere left to say it.
  process.stderr.on('error', () => undefined);
  process.on('exit', () => {
    if (lost !== null) process.exitCode ||= 1;
  });
}

function notWritten(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE' || lost !== null) return;
  lost = error;
  process.stderr.write(`The output could not be written: ${error.message}\n`);
}

/** For a text after which the process ends at once, before an error event could arrive. */
export function writeNow(text: string): void {
  try {
    writeSync(process.stdout.fd, text);
  } catch (thrown) {
    notWritten(coerceError(thrown));
  }
}

/** What the reader typed to run this: `hallpass` where it is installed by that name, else `node dist/cli.js`. */
export function programName(script: string = process.argv[1] ?? 'hallpass'): string {
  if (basename(script) === 'hallpass') return 'hallpass';
  const here = relative(process.cwd(), script);
  return `node ${here.startsWith('..') ? script : here}`;
}

let named: RegExp | null = null;

/** The commands that our sentences may name. */
export function knowCommands(names: readonly string[]): void {
  named = new RegExp(`(?<![\\w/.-])hallpass(?= (?:${names.join('|')})\\b)`, 'g');
}

/** Our sentences call the program `hallpass`: each command in them becomes what this reader can type as it stands. */
export function asTyped(text: string): string {
  return named === null ? text : text.replace(named, () => programName());
}
