import { CAST, CHANNELS } from '../stage/cast.js';
import { all, card, click, request, told } from '../stage/people.js';
import type { Stage } from '../stage/stage.js';
import { turnClock } from './clock.js';
import type { Report } from './report.js';
import { headline, LIMIT_MS, linesOf, relinquish } from './story.js';

/** @returns the id of a request that nobody answers */
export async function askInVain(stage: Stage, report: Report): Promise<string> {
  report.say('\nA request without an answer');
  return report.step(
    'unanswered',
    'Ben asks for orders_read, and the tour turns the clock: he has waited 10 minutes',
    async () => {
      const id = await request(stage.slack, 'ben', { role: 'orders_read', duration: '15 minutes' });
      await card(stage.slack, id, /Approve/);
      await turnClock(stage, id, '10 minutes');
      return id;
    },
  );
}

/** Half an hour has passed for it in the end. */
export async function remind(stage: Stage, report: Report, id: string): Promise<void> {
  report.say('\nBen still has no answer');
  await report.step(
    'reminded',
    'After 10 minutes the approvers are reminded, in the thread of the card',
    () => inThread(stage, id, /still waits for a decision/),
  );
  await turnClock(stage, id, '20 minutes');
}

export async function askOthers(stage: Stage, report: Report, id: string): Promise<void> {
  const { slack } = stage;
  report.say('\nStill no answer for Ben');
  await report.step(
    'others-asked',
    'After half an hour (the tour turned the clock again) others are asked as well',
    () => inThread(stage, id, /you can decide/),
  );
  await report.step('other-approves', 'Olga, of @sre, approves, and Ben is told', async () => {
    await click(slack, 'olga', await card(slack, id, /Also asked/), 'Approve');
    const said = headline(await told(slack, 'ben', id, /psql/));
    return `${said}; ${await relinquish(stage, id, 'ben')}`;
  });
}

/** What the answer to the card says, as a person sees it; its last line says where the buttons are. */
async function inThread({ slack }: Stage, id: string, says: RegExp): Promise<string> {
  const posted = await card(slack, id, /Approve/);
  const reply = await slack.waitFor(
    () =>
      slack
        .as(CAST.cora)
        .messages(CHANNELS.access)
        .find((message) => message.threadTs === posted.ts && says.test(all(message))),
    LIMIT_MS,
  );
  return linesOf(reply, says);
}
