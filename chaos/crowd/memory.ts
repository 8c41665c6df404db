/** What a person remembers of messages that had buttons: they may be clicked long after the app took them away. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Actor, buttonsOf, type SeenMessage } from '../../sandbox/slack/index.js';
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

/** Clicks, now and then twice at once. What Slack shows when it fails is no business of the clicker's. */
export async function press(
  person: Actor,
  message: SeenMessage,
  button: string,
  random: Random,
): Promise<void> {
  const times = random.chance(0.2) ? 2 : 1;
  await Promise.all(Array.from({ length: times }, () => person.click(message, button)));
  if (button === 'Deny') await sendReason(person, random);
}

/** The form that Deny opens, unless the click was answered in words, or went nowhere. */
async function sendReason(person: Actor, random: Random): Promise<void> {
  const isOpen = () => person.openedView()?.callbackId === 'request_deny_submit';
  for (let looks = 0; !isOpen() && looks < 20; looks += 1) await sleep(50);
  if (!isOpen()) return;
  if (random.chance(0.5)) await person.fill('Reason', 'not without a ticket');
  const { outcome } = await person.submit();
  if (outcome !== 'closed' && isOpen()) await person.closeView();
}
