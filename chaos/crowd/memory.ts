/** What a person remembers of messages that had buttons: they may be clicked long after the app took them away. */
import { buttonsOf, type SeenMessage } from '../../sandbox/slack/index.js';
import type { Random } from '../random.js';

const MOST = 40;

export class Memory {
  #seen: SeenMessage[] = [];
  #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  keep(message: SeenMessage): void {
    this.#seen.push(message);
    if (this.#seen.length > MOST) this.#seen.shift();
  }

  /** One of them, as it looked then; null when there is none. */
  recall(): SeenMessage | null {
    return this.#seen.length === 0 ? null : this.#random.pick(this.#seen);
  }
}

/** The messages that have this button now. */
export function withButton(messages: readonly SeenMessage[], button: string): readonly SeenMessage[] {
  return messages.filter((message) => !message.ephemeral && buttonsOf(message.blocks).includes(button));
}
