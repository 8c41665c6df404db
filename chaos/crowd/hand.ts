/** How a person of the crowd clicks: now and then twice at once, and filling in the form that a button opens. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Actor,
  buttonsOf,
  type SeenMessage,
  type SeenView,
  valuesOfButtons,
} from '../../sandbox/slack/index.js';
import type { Random } from '../random.js';
import { Memory, withButton } from './memory.js';
import type { Screens } from './screens.js';

/** By button: the form that it opens, and the field of it that takes a sentence. */
const FORMS: Readonly<Record<string, { readonly view: string; readonly field: string }>> = {
  Deny: { view: 'request_deny_submit', field: 'Reason' },
  'Deny extension': { view: 'request_deny_submit', field: 'Reason' },
  Justified: { view: 'emergency_judge', field: 'Justified: why?' },
  'Not justified': { view: 'emergency_judge', field: 'Not justified: why?' },
};
const PAUSE = { view: 'granting_pause_submit', field: 'Why?' } as const;

/** Pauses are left to the operator of the run, or little would be granted; Ask again opens a form that nobody fills in. */
const NOT_FOR_ALL = /^(?:Pause|Resume|Ask again)/;
/** Homes that one person remembers. */
const MOST_HOMES = 10;

/** Slack opens and changes no form later than this after the click, milliseconds. */
export const OPENS_MS = 3_200;

export class Hand {
  readonly #person: Actor;
  readonly #userId: string;
  readonly #screens: Screens;
  readonly #random: Random;
  readonly #memory: Memory;
  readonly #homes: SeenView[] = [];

  constructor(person: Actor, userId: string, screens: Screens, random: Random) {
    this.#person = person;
    this.#userId = userId;
    this.#screens = screens;
    this.#random = random;
    this.#memory = new Memory(random);
  }

  /** Clicks this button on one of the messages that have it in these places; nothing when none has. */
  async clickOne(button: string, ...places: readonly string[]): Promise<void> {
    const found = places.flatMap((place) => withButton(this.#person.messages(place), button));
    for (const message of found) this.#memory.keep(message);
    if (found.length > 0) await this.press(this.#random.pick(found), button);
  }

  /** Clicks something that was there a while ago. */
  async clickStale(): Promise<void> {
    const message = this.#memory.recall();
    if (message !== null) await this.press(message, this.#random.pick(buttonsOf(message.blocks)));
  }

  /**
   * Opens App Home, or presses a button there: also one that was there a while ago.
   * @param isPressed by its label; false of all: it presses none
   */
  async useHome(isPressed = (label: string) => !NOT_FOR_ALL.test(label)): Promise<void> {
    const now = this.#person.home();
    if (now === undefined || this.#random.chance(0.1)) {
      this.#person.openHome();
      return;
    }
    this.#homes.push(now);
    if (this.#homes.length > MOST_HOMES) this.#homes.shift();
    const seen = this.#random.chance(0.3) ? this.#random.pick(this.#homes) : now;
    const buttons = valuesOfButtons(seen.blocks).filter(({ label }) => isPressed(label));
    if (buttons.length === 0) return;
    const { label, value } = this.#random.pick(buttons);
    const form = label.startsWith('Pause') ? PAUSE : FORMS[label];
    const click = () => this.#person.click('home', label, { value, seen: seen.blocks });
    if (form === undefined) {
      await click();
      return;
    }
    await this.#screens.alone(this.#userId, async () => {
      await click();
      await this.#fillIn(form, () => false);
    });
  }

  /** What Slack shows when it fails is no business of the clicker's. */
  async press(message: SeenMessage, button: string): Promise<void> {
    const form = FORMS[button];
    const times = this.#random.chance(0.2) ? 2 : 1;
    const click = () => Promise.all(Array.from({ length: times }, () => this.#person.click(message, button)));
    if (form === undefined) {
      await click();
      return;
    }
    await this.#screens.alone(this.#userId, async () => {
      const heard = this.#heard(message.channel);
      await click();
      await this.#fillIn(form, () => this.#heard(message.channel) > heard);
    });
  }

  /** Sends the form, unless the click was answered in words, or went nowhere. */
  async #fillIn(
    { view, field }: { readonly view: string; readonly field: string },
    isAnswered: () => boolean,
  ): Promise<void> {
    const isOpen = () => this.#person.openedView()?.callbackId === view;
    for (const until = Date.now() + OPENS_MS; !isOpen() && !isAnswered() && Date.now() < until; ) {
      await sleep(50);
    }
    while (isOpen()) {
      if (this.#random.chance(0.7)) await this.#person.fill(field, 'not without a ticket');
      const { outcome } = await this.#person.submit();
      if (outcome !== 'closed' && isOpen()) await this.#person.closeView();
    }
  }

  /** How often Slack said something to this person alone. */
  #heard(channel: string): number {
    return this.#person.messages(channel).filter(({ ephemeral }) => ephemeral).length;
  }
}
