/** From a whole command, typed, to its card in the channel of its approvers: one after the other, each by somebody else. */

import { personOf } from '../../sandbox/herd/crowd.js';
import { CAST, CHANNELS } from '../../sandbox/stage/cast.js';
import { type Figures, spreadOf } from '../figures.js';
import type { World } from '../world.js';

const COMMANDS = 200;

export function measureTyped({ stage, withHallpass }: World): Promise<Pick<Figures, 'typed_to_card_ms'>> {
  const { slack } = stage;
  const cora = slack.as(CAST.cora);
  return withHallpass(async () => {
    const shown: number[] = [];
    for (let i = 1; i <= COMMANDS; i++) {
      const person = slack.as(personOf(i));
      const reason = `typed ${i}.`;
      const began = performance.now();
      const card = slack
        .waitFor(() =>
          cora
            .messages(CHANNELS.access)
            .findLast(({ blocks, ephemeral }) => !ephemeral && JSON.stringify(blocks).includes(reason)),
        )
        .then(() => shown.push(performance.now() - began));
      const answer = await person.command('/request', `shop orders_read 1h ${reason}`);
      if (answer.outcome !== 'ok') throw new Error(`/request: ${JSON.stringify(answer)}`);
      await card;
    }
    const { p50, p99 } = spreadOf(shown);
    return { typed_to_card_ms: { p50, p99 } };
  });
}
