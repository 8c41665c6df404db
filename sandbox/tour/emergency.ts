import { wordsOf } from '../slack/index.js';
import { CAST, CHANNELS } from '../stage/cast.js';
import { askInEmergency, judge } from '../stage/emergency.js';
import { all, card, told } from '../stage/people.js';
import type { Stage } from '../stage/stage.js';
import { turnClock } from './clock.js';
import { plain } from './plain.js';
import { ORDERS, reads } from './postgres.js';
import type { Report } from './report.js';
import { headline, LIMIT_MS, linesOf, relinquish } from './story.js';

/** @returns the id of an emergency that is over, and that somebody has to review */
export async function breakGlass(stage: Stage, report: Report): Promise<string> {
  const { slack, pagerduty } = stage;
  report.say('\nAn emergency');
  await report.step('once-more', 'Ben ticks “Emergency” in the form; Hallpass asks once more', async () => {
    const reason = 'No order can be paid';
    const sent = await askInEmergency(slack, 'ben', { role: 'orders_write', duration: '15 minutes', reason });
    if (sent.outcome !== 'pushed') throw new Error(`the form: ${JSON.stringify(sent)}`);
    return `${sent.view.title} ${plain(wordsOf(sent.view.blocks).split('\n')[0] ?? '')}`;
  });
  const id = await report.step('at-once', 'He clicks Break glass', async () => {
    const sent = await slack.as(CAST.ben).submit();
    if (sent.outcome !== 'cleared') throw new Error(`the form: ${JSON.stringify(sent)}`);
    return (await loud(stage)).id;
  });
  await report.step('granted-at-once', 'He has it at once', async () => {
    const note = await told(slack, 'ben', id, /psql/);
    return `${headline(note)}; ${await reads(stage, 'ben', ORDERS)}`;
  });
  await report.step('loud', 'The card, the operators’ channel and PagerDuty tell everyone', async () => {
    const onCard = linesOf(await card(slack, id, /Nobody approved it/), /Nobody approved it/);
    const page = await slack.waitFor(() =>
      pagerduty.incidents.find(({ summary }) => summary.includes(`(${id})`)),
    );
    return [`Card: ${onCard}`, `Operators: ${(await loud(stage)).title}`, `PagerDuty: ${page.summary}`].join(
      '\n',
    );
  });
  await report.step('over', 'Ben fixes it, and clicks Relinquish', () => relinquish(stage, id, 'ben'));
  await turnClock(stage, id, '15 minutes');
  return id;
}

/** What the operators read. */
async function loud({ slack }: Stage): Promise<{ readonly id: string; readonly title: string }> {
  const message = await slack.waitFor(() =>
    slack
      .as(CAST.olga)
      .messages(CHANNELS.operators)
      .find((each) => /broke the glass/.test(all(each))),
  );
  return { id: /R-\d+/.exec(all(message))?.[0] ?? '', title: headline(message) };
}

export async function reviewEmergency(stage: Stage, report: Report, id: string): Promise<void> {
  const { slack } = stage;
  report.say('\nThe emergency is reviewed');
  const question = await slack.waitFor(
    () =>
      slack
        .as(CAST.sam)
        .messages(CHANNELS.access)
        .find((each) => all(each).includes(id) && /was this emergency access justified/i.test(all(each))),
    LIMIT_MS,
  );
  await report.step(
    'asked',
    '15 minutes after it (the tour turned the clock) Hallpass asks, in the thread of the card',
    async () => linesOf(question, /justified\?|answer with one sentence/),
  );
  await report.step('judged', 'Sam clicks “Not justified”, and says why. The card shows it', async () => {
    const sent = await judge(slack, 'sam', question, 'Not justified', 'This could have waited for Cora.');
    if (sent.outcome !== 'closed') throw new Error(`the form: ${JSON.stringify(sent)}`);
    return linesOf(await card(slack, id, /\*Not justified\*, says/), /Not justified\*|could have waited/);
  });
  await report.step('told-so', 'Ben is told', async () =>
    headline(await told(slack, 'ben', id, /was not justified/)),
  );
}
