/** Fifty people type `/request` at once: when it is acknowledged, and when the form stands before them. */
import { personOf } from '../../sandbox/herd/crowd.js';
import { type Figures, spreadOf } from '../figures.js';
import type { World } from '../world.js';

const AT_ONCE = 50;
/** Each with other people: none is known from the round before. */
const ROUNDS = 6;

export function measureSlash({
  stage,
  withHallpass,
}: World): Promise<Pick<Figures, 'slash_ack_ms' | 'modal_open_ms'>> {
  const { slack } = stage;
  return withHallpass(async () => {
    const acknowledged: number[] = [];
    const opened: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const people = Array.from({ length: AT_ONCE }, (_, i) => slack.as(personOf(round * AT_ONCE + i + 1)));
      const began = performance.now();
      await Promise.all(
        people.map(async (person) => {
          const open = slack
            .waitFor(() => person.openedView())
            .then(() => opened.push(performance.now() - began));
          const answer = await person.command('/request');
          if (answer.outcome !== 'ok') throw new Error(`/request: ${JSON.stringify(answer)}`);
          acknowledged.push(performance.now() - began);
          await open;
        }),
      );
      for (const person of people) await person.closeView();
    }
    const [ack, modal] = [spreadOf(acknowledged), spreadOf(opened)];
    return {
      slash_ack_ms: { p50: ack.p50, p99: ack.p99 },
      modal_open_ms: { p50: modal.p50, p99: modal.p99 },
    };
  });
}
