/** Approves most of what stands in the channel, denies some, ends some, extends some, and clicks cards as they were a while ago. */
import { buttonsOf, type Slack } from '../../sandbox/slack/index.js';
import { CHANNELS } from '../../sandbox/stage/cast.js';
import type { Random } from '../random.js';
import { Memory, press, withButton } from './memory.js';

export function createApprover(slack: Slack, userId: string, random: Random): () => Promise<void> {
  const person = slack.as(userId);
  const memory = new Memory(random);

  async function clickOne(button: string): Promise<void> {
    const cards = withButton(person.messages(CHANNELS.access), button);
    for (const card of cards) memory.keep(card);
    if (cards.length > 0) await press(person, random.pick(cards), button, random);
  }

  return async () => {
    const what = random.next();
    if (what < 0.75) return clickOne('Approve');
    if (what < 0.83) return clickOne('Deny');
    if (what < 0.89) return clickOne('End access');
    if (what < 0.94) return clickOne('Extend');
    const card = memory.recall();
    if (card !== null) await press(person, card, random.pick(buttonsOf(card.blocks)), random);
  };
}
