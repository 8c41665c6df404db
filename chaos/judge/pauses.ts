/** Of pauses: while granting was paused, nothing was begun to be granted; and at the end no Home offers to resume. */
import { type Slack, valuesOfButtons } from '../../sandbox/slack/index.js';
import { CAST } from '../../sandbox/stage/cast.js';
import type { PauseEvent } from '../ledger.js';
import type { Verdict } from '../report.js';
import type { Timeline } from '../timeline.js';
import type { Life } from './trail.js';

/** A sweep that had looked right before the pause still grants what it looked at; milliseconds. */
const UNDER_WAY_MS = 2_000;

interface Paused {
  /** null: everywhere. */
  readonly target: string | null;
  readonly from: number;
  readonly to: number;
}

/** @param events of pauses, of which none stands at the end */
export function judgePauses(
  slack: Slack,
  events: readonly PauseEvent[],
  lives: readonly Life[],
  timeline: Timeline,
): readonly Verdict[] {
  const pauses = events.flatMap(({ kind, target, at }, i): readonly Paused[] => {
    if (kind !== 'paused') return [];
    const end = events.slice(i + 1).find((each) => each.kind === 'resumed' && each.target === target);
    return [{ target, from: at, to: end?.at ?? Number.POSITIVE_INFINITY }];
  });
  const begun = lives.flatMap(({ request, events: its }) =>
    its.flatMap(({ kind, at }) => (kind === 'grant_intended' ? [{ request, at }] : [])),
  );
  const breaches = begun.flatMap(({ request: { id, target }, at }) => {
    const pause = pauses.find(
      (each) =>
        (each.target === null || each.target === target) && at > each.from + UNDER_WAY_MS && at < each.to,
    );
    return pause === undefined || !timeline.isUndisturbed(target, pause.from, at)
      ? []
      : [`${id} on ${target}: ${Math.round(at - pause.from)} ms after the pause`];
  });
  const home = slack.as(CAST.olga).home();
  const stale =
    home === undefined ? [] : valuesOfButtons(home.blocks).filter(({ label }) => label === 'Resume');
  return [
    { what: 'nothing granted while it was paused', checked: pauses.length, breaches },
    {
      what: 'no Home offers to resume what is not paused',
      checked: home === undefined ? 0 : 1,
      breaches: stale.map(({ value }) => `Resume ${value}`),
    },
  ];
}
