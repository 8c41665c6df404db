/** Of what happened while nobody decided: each step was told in its turn, and nothing lapsed before the last one. */
import type { Slack } from '../../sandbox/slack/index.js';
import { CAST, CHANNELS } from '../../sandbox/stage/cast.js';
import { all } from '../../sandbox/stage/people.js';
import { milliseconds } from '../policies.js';
import type { Verdict } from '../report.js';
import { dataOf, type Life } from './trail.js';

/** Two steps are so far apart, and the last one has so long to be answered (docs/policies.md); milliseconds. */
const APART_MS = 15_000;
const ANSWER_MS = 5 * 60_000;
/** An event's time is that at which its transaction began, after the clock was read that decided; milliseconds. */
const CLOCK_MS = 1_000;

/** @param turned whose last step had its time to be answered by a turn of the clock */
export function judgeLadders(
  slack: Slack,
  lives: readonly Life[],
  turned: ReadonlySet<string>,
): readonly Verdict[] {
  const reader = slack.as(CAST.eve);
  const threads = reader.messages(CHANNELS.access).filter(({ threadTs }) => threadTs !== null);
  const steps = lives.flatMap(({ request, policy, events }) =>
    events.flatMap((event) => (event.kind === 'step_told' ? [{ request, policy, event }] : [])),
  );
  const wrong = lives.flatMap(({ request, policy: { escalate = [], pending_timeout }, events }) => {
    const told = events.filter(({ kind }) => kind === 'step_told');
    const submitted = events.find(({ kind }) => kind === 'submitted')?.at ?? 0;
    const inTurn = told.every((event, i) => {
      const step = escalate[i];
      const before = told[i - 1];
      return (
        step !== undefined &&
        dataOf(event).nth === i + 1 &&
        event.at - submitted >= milliseconds(step.after) - CLOCK_MS &&
        (before === undefined || event.at - before.at >= APART_MS - CLOCK_MS)
      );
    });
    const lapsed = events.find(({ kind }) => kind === 'lapsed');
    const answerMs = turned.has(request.id) ? 0 : ANSWER_MS - CLOCK_MS;
    const isOver =
      lapsed === undefined ||
      (told.length === escalate.length &&
        told.every(({ id, at }) => id < lapsed.id && lapsed.at - at >= answerMs) &&
        lapsed.at - submitted >= milliseconds(pending_timeout ?? '28800s') - CLOCK_MS);
    return inTurn && isOver
      ? []
      : [
          `${request.id}: ${events.map(({ kind, at }) => `${kind} ${Math.round(at - submitted)}`).join(', ')}`,
        ];
  });
  const silent = steps.flatMap(({ request, policy, event }) => {
    const step = policy.escalate?.[(dataOf(event).nth ?? 0) - 1];
    const isThread = step?.remind === true || step?.to !== undefined;
    // What an answered request has left to be said is not said any more.
    if (!isThread || request.state !== 'pending') return [];
    const heard = threads.filter((message) => all(message).includes(request.id)).length;
    return heard > 0 ? [] : [`${request.id}: step ${dataOf(event).nth}`];
  });
  return [
    { what: 'steps told in turn, and no lapse before the last', checked: lives.length, breaches: wrong },
    { what: 'steps heard in the thread of the card', checked: steps.length, breaches: silent },
  ];
}
