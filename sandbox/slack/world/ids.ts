import { randomBytes, randomInt } from 'node:crypto';
import type { Clock } from './clock.js';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
const MIXED = `${LETTERS}abcdefghijklmnopqrstuvwxyz`;

function pick(alphabet: string, length: number): string {
  return Array.from({ length }, () => alphabet.charAt(randomInt(alphabet.length))).join('');
}

/** An id as Slack makes them: a letter for the kind (`U`, `C`, `D`, `S`, `V`, …) and ten capitals or digits. */
export function newId(kind: string): string {
  return `${kind}0${pick(LETTERS, 9)}`;
}

/** What Slack puts in where an app left `block_id` or `action_id` out. */
export function generatedId(): string {
  return pick(MIXED, 5);
}

/** `digits.digits.hex`: the form of trigger ids. */
export function newTriggerId(): string {
  return `${randomInt(1e12)}.${randomInt(1e12)}.${secret(16)}`;
}

/** Random hex of `bytes` bytes. */
export function secret(bytes: number): string {
  return randomBytes(bytes).toString('hex');
}

/** Message timestamps and view hashes: seconds since 1970, unique and rising within one workspace. */
export class Timestamps {
  #clock: Clock;
  #last = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  next(): string {
    this.#last = Math.max(this.#last + 1, this.#clock.now() * 1000);
    return `${Math.floor(this.#last / 1e6)}.${String(this.#last % 1e6).padStart(6, '0')}`;
  }
}
