/** Who runs a command, and what they say in it: why, about which request, and whether they mean it. */
import { hostname, userInfo } from 'node:os';
import { createInterface } from 'node:readline/promises';
import { parseRequestName } from '../../domain/request/request.js';
import { refused } from './refused.js';

/** A reason is shown in Slack. */
const MOST_REASON = 500;

/** `olga@ops-1`. A container may have no name for its user. */
export function operator(): string {
  let user = String(process.getuid?.() ?? 'unknown');
  try {
    user = userInfo().username;
  } catch {
    // The number has to do.
  }
  return `${user}@${hostname()}`;
}

/** @throws HallpassError when it is empty or too long. */
export function reason(because: string): string {
  const said = because.trim();
  if (said !== '' && said.length <= MOST_REASON) return said;
  throw refused('the reason is empty or too long', `--because takes up to ${MOST_REASON} characters`);
}

/** @throws HallpassError unless it is like R-1042. */
export function requestId(name: string): number {
  const id = parseRequestName(name);
  if (id === null) throw refused(`${name} is no request`, 'a request is called R-1042, as on its card');
  return id;
}

/**
 * Asks each question, unless `yes`.
 * @throws HallpassError unless the answer to all is yes, and where there is no terminal to ask on.
 */
export async function confirm(yes: boolean, ...questions: readonly string[]): Promise<void> {
  if (yes) return;
  if (!process.stdin.isTTY) throw refused('nobody is there to confirm it', 'add --yes');
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  // Without a listener, Ctrl-C only pauses it.
  terminal.on('SIGINT', () => terminal.close());
  const unconfirmed = refused('nothing was changed', 'answer y to go on');
  try {
    for (const question of questions) {
      // Ctrl-C and the end of the input are a no.
      const closed = new Promise<string>((resolve) => terminal.once('close', () => resolve('')));
      const answer = await Promise.race([terminal.question(`${question} [y/N] `), closed]);
      if (!/^y(es)?$/i.test(answer.trim())) throw unconfirmed;
    }
  } finally {
    terminal.close();
  }
}
