import { card, click, told } from '../stage/people.js';
import type { Stage } from '../stage/stage.js';
import { turnClock } from './clock.js';
import type { Report } from './report.js';
import { headline, linesOf } from './story.js';

/** @param id of what Dan was granted because he is on call. */
export async function extendOnCall(stage: Stage, report: Report, id: string): Promise<void> {
  const { slack } = stage;
  report.say('\nMore time');
  await report.step(
    'extended',
    'The tour turns the clock: half of Dan’s hour is over. He clicks Extend, still on call, and needs no approver',
    async () => {
      await turnClock(stage, id, '30 minutes');
      await click(slack, 'dan', await told(slack, 'dan', id, /psql/), 'Extend');
      const said = headline(await told(slack, 'dan', id, /^Extended until/));
      return `${said}, an hour from now again\n${linesOf(await card(slack, id, /Extended by the on-call rule <!date[^>]*>\./), /^Extended by/)}`;
    },
  );
}
