/** Standard output and error of a command: its reader may leave before the end, and a disk may be full. */
import { writeSync } from 'node:fs';
import { basename, relative } from 'node:path';
import { coerceError } from './errors.js';

/** What kept a line from being written, other than that nobody reads any more; null: nothing did. */
let lost: NodeJS.ErrnoException | null = null;

/**
 * The one place for what can go wrong with a command's output. A reader that left (`| head`) ends no command half done:
 * what is still to be said is dropped, and the exit code is the command's own. Output that could not be written
 * (a full disk) is said once on standard error, and the exit code is 1 at least.
 */
export function watchOutput(): void {
  process.stdout.on('error', notWritten);
  // There is no place left to say it.
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

/** For a text after which the process ends at once, before an error would be heard. */
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

/** The commands that sentences may name. */
export function knowCommands(names: readonly string[]): void {
  named = new RegExp(`(?<![\\w/.-])hallpass(?= (?:${names.join('|')})\\b)`, 'g');
}

/** Sentences name our commands by `hallpass`: each becomes what this reader can type as it stands. */
export function asTyped(text: string): string {
  return named === null ? text : text.replace(named, () => programName());
}
