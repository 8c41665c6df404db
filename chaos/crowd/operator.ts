/** Pauses granting on their Home, everywhere or on one instance, and soon resumes it; also on a Home of a while ago. */
import { type Slack, valuesOfButtons } from '../../sandbox/slack/index.js';
import type { Random } from '../random.js';
import { Hand } from './hand.js';
import type { Screens } from './screens.js';

/** @param instances as the menu on Home says them: "Shop (shop)" */
export function createOperator(
  slack: Slack,
  userId: string,
  instances: readonly string[],
  screens: Screens,
  random: Random,
): () => Promise<void> {
  const person = slack.as(userId);
  const hand = new Hand(person, userId, screens, random);

  return async () => {
    const home = person.home();
    const isPaused =
      home !== undefined && valuesOfButtons(home.blocks).some(({ label }) => label === 'Resume');
    if (isPaused && random.chance(0.8)) return hand.useHome((label) => label === 'Resume');
    if (home !== undefined && random.chance(0.4)) {
      await person.choose('home_instance', random.pick(instances), 'home');
      return;
    }
    return hand.useHome((label) => /^(?:Pause|Resume)/.test(label));
  };
}
