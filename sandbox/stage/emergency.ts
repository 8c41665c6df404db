/** What people do with Hallpass in an emergency. */
import type { Actor, SeenMessage, Slack } from '../slack/index.js';
import { CAST } from './cast.js';
import { click, fillForm, type Name, type Wish } from './people.js';

const BOX = 'Is this an emergency?';
const TICK = 'Emergency: grant it at once, without approval';

type Sent = ReturnType<Actor['submit']>;

/** Fills in the form, ticks the box, and sends it. The form that asks once more is on the screen then, or errors are. */
export async function askInEmergency(slack: Slack, name: Name, wish: Wish): Sent {
  const person = slack.as(CAST[name]);
  await fillForm(slack, name, wish);
  await tickEmergency(person);
  return person.submit();
}

/** In the form that is open. */
export async function tickEmergency(person: Actor): Promise<void> {
  await person.choose(BOX, TICK);
}

/** Clicks an answer to the question whether an emergency was justified, and sends the form that asks why. */
export async function judge(
  slack: Slack,
  name: Name,
  question: SeenMessage,
  answer: 'Justified' | 'Not justified',
  why: string,
): Sent {
  const person = slack.as(CAST[name]);
  await click(slack, name, question, answer);
  await slack.waitFor(() => person.openedView()?.callbackId === 'emergency_judge');
  await person.fill(`${answer}: why?`, why);
  return person.submit();
}
