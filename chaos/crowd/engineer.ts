/** Asks for short grants, gives some back, takes some wishes back, and clicks what is no longer there. */
import { buttonsOf, type Slack } from '../../sandbox/slack/index.js';
import { submitAs } from '../../sandbox/stage/people.js';
import type { Random } from '../random.js';
import { Memory, press, withButton } from './memory.js';

export interface Place {
  readonly target: string;
  readonly role: string;
}

/** One form that Slack took: the reason is the only one of its kind. */
export interface Submission {
  readonly reason: string;
  readonly userId: string;
}

const LONG = '15m';
/** Seconds. */
const SHORT = [3, 18] as const;

export function createEngineer(
  slack: Slack,
  login: string,
  userId: string,
  places: readonly Place[],
  submitted: Submission[],
  random: Random,
): () => Promise<void> {
  const person = slack.as(userId);
  const memory = new Memory(random);
  let asked = 0;

  async function ask(): Promise<void> {
    asked += 1;
    const reason = `${login} needs it, ${asked}`;
    const otherDuration = random.chance(0.1) ? LONG : `${Math.round(random.between(...SHORT))}s`;
    const errors = await submitAs(slack, person, { ...random.pick(places), otherDuration, reason });
    if (errors !== null) throw new Error(`the form was refused: ${Object.values(errors).join('; ')}`);
    submitted.push({ reason, userId });
  }

  async function clickOne(button: string): Promise<void> {
    const offers = withButton(person.messages('dm'), button);
    for (const message of offers) memory.keep(message);
    if (offers.length > 0) await press(person, random.pick(offers), button, random);
  }

  async function clickStale(): Promise<void> {
    const message = memory.recall();
    if (message !== null) await press(person, message, random.pick(buttonsOf(message.blocks)), random);
  }

  return () => {
    const what = random.next();
    if (what < 0.65) return ask();
    if (what < 0.8) return clickOne('Relinquish');
    if (what < 0.9) return clickOne('Cancel request');
    return clickStale();
  };
}
