/** Approves most of what stands in the channel, some of it for less, denies some, ends some, extends some, and clicks cards as they were a while ago. */
import { buttonsOf, optionsOf, type Slack } from '../../sandbox/slack/index.js';
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

  async function approveForLess(): Promise<void> {
    const cards = person.messages(CHANNELS.access).filter(({ blocks }) => optionsOf(blocks).length > 0);
    if (cards.length === 0) return;
    const card = random.pick(cards);
    await person.choose('request_approve_for', random.pick(optionsOf(card.blocks)), card);
  }

  return async () => {
    const what = random.next();
    if (what < 0.7) return clickOne('Approve');
    if (what < 0.75) return approveForLess();
    if (what < 0.83) return clickOne('Deny');
    if (what < 0.89) return clickOne('End access');
    if (what < 0.94) return clickOne('Extend');
    const card = memory.recall();
    if (card !== null) await press(person, card, random.pick(buttonsOf(card.blocks)), random);
  };
}
