/** What people see in Slack, and what rings their phones. */
import { expect } from 'vitest';
import { buttonsOf, type SeenMessage } from '../../sandbox/slack/index.js';
import { CAST, CHANNELS } from '../../sandbox/stage/cast.js';
import { all, type Name } from '../../sandbox/stage/people.js';
import type { Stage } from '../../sandbox/stage/stage.js';
import { untilAllSent } from './requests.js';
import { waitFor } from './wait-for.js';

/**
 * Waits until all messages about this request are sent, and expects that exactly these rang the person's phone: the
 * first line of each, the oldest first. A card that only names its requester does not count.
 */
export async function expectRung(
  stage: Stage,
  name: Name,
  id: string,
  titles: readonly string[],
): Promise<void> {
  const what = `${id} to ring ${name} ${titles.length} times`;
  await waitFor(() => rings(stage, name, id).length >= titles.length, { what });
  await untilAllSent(stage, id);
  expect(rings(stage, name, id)).toEqual(titles);
}

function rings({ slack }: Stage, name: Name, id: string): readonly string[] {
  return slack
    .as(CAST[name])
    .notifications()
    .filter(({ text, why }) => why !== 'mention' && text.includes(`${id} ·`))
    .map(({ text }) => text.split('\n')[0]?.replace(/<!date[^>]*>/g, '…') ?? '');
}

/** Waits for a message in the operators' channel that says this. @returns the newest of them */
export function operatorsHear({ slack }: Stage, pattern: RegExp): Promise<SeenMessage> {
  const heard = () =>
    slack
      .as(CAST.olga)
      .messages(CHANNELS.operators)
      .map((message) => ({ message, says: all(message) }));
  return slack.waitFor(
    () => heard().findLast(({ says }) => pattern.test(says))?.message,
    undefined,
    () => `Operators should read ${pattern}. The newest: ${heard().at(-1)?.says}`,
  );
}

/** The labels of a message's buttons. */
export function buttons({ blocks }: SeenMessage): readonly string[] {
  return buttonsOf(blocks);
}
