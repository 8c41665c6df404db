/**
 * Approves most of what stands in the channel or comes as a direct message, some of it for less, denies some, ends some,
 * extends some, does the same on App Home, decides what holders ask for, approves the same again and ends that, judges emergencies, and clicks cards
 * as they were a while ago. Whether they may is no question: some may not.
 */
import { optionsOf, type SeenMessage, type Slack } from '../../sandbox/slack/index.js';
import { CHANNELS } from '../../sandbox/stage/cast.js';
import { all } from '../../sandbox/stage/people.js';
import type { Random } from '../random.js';
import { Hand } from './hand.js';
import type { Screens } from './screens.js';

const AGAIN = 'repeat_make';

export function createApprover(
  slack: Slack,
  userId: string,
  screens: Screens,
  random: Random,
): () => Promise<void> {
  const person = slack.as(userId);
  const hand = new Hand(person, userId, screens, random);
  const places = [CHANNELS.access, 'dm'] as const;

  async function chooseOne(
    menu: string,
    optionsFor: (card: SeenMessage) => readonly string[],
  ): Promise<void> {
    const offers = person
      .messages(CHANNELS.access)
      .map((card) => ({ card, options: optionsFor(card) }))
      .filter(({ options }) => options.length > 0);
    if (offers.length === 0) return;
    const { card, options } = random.pick(offers);
    await person.choose(menu, random.pick(options), card);
  }

  /** Mostly of what they approved themselves; others may not. */
  const again = (card: SeenMessage) =>
    all(card).includes(`<@${userId}>`) || random.chance(0.05) ? sameAgain(card) : [];

  return async () => {
    const what = random.next();
    if (what < 0.15) return hand.useHome();
    if (what < 0.5) return hand.clickOne('Approve', ...places);
    if (what < 0.55) return chooseOne('request_approve_for', ({ blocks }) => optionsOf(blocks));
    if (what < 0.57) return hand.clickOne('Deny', ...places);
    if (what < 0.58) return hand.clickOne('End access', ...places);
    if (what < 0.61) return hand.clickOne('Extend', ...places);
    if (what < 0.75) return hand.clickOne('Approve extension', ...places);
    if (what < 0.77) return hand.clickOne('Deny extension', ...places);
    if (what < 0.85) return chooseOne(AGAIN, again);
    if (what < 0.86) return hand.clickOne('End repeat', ...places);
    if (what < 0.92) return hand.clickOne('Justified', ...places);
    if (what < 0.95) return hand.clickOne('Not justified', ...places);
    return hand.clickStale();
  };
}

/** What the menu beside End access offers; nothing where there is none. */
function sameAgain({ blocks }: SeenMessage): readonly string[] {
  return blocks.flatMap((block) =>
    block.type !== 'actions'
      ? []
      : block.elements.flatMap((element) =>
          element.type === 'static_select' && element.action_id === AGAIN
            ? (element.options ?? []).map(({ text }) => text.text)
            : [],
        ),
  );
}
