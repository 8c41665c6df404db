/** What a Home says of what Slack didn't tell; in mrkdwn. */
import type { Principal } from '../../domain/policy/policy.js';
import { inline, mentions } from '../kit/text.js';
import type { Unsaid } from '../kit/unsaid.js';

const MAX_WHY = 300;

/** @param unsaid null: it isn't known, or passes by itself */
const because = (unsaid: Unsaid | null): string =>
  unsaid === null || unsaid.passing
    ? 'Hallpass asks again in half a minute.'
    : `${inline(unsaid.meaning, MAX_WHY)} A Hallpass operator can fix that${unsaid.nextStep === null ? '.' : `: ${inline(unsaid.nextStep, MAX_WHY)}`}`;

export const personNotSaid = (unsaid: Unsaid | null): string =>
  `Slack doesn’t say who you are, so only what you hold and asked for is shown. ${because(unsaid)}`;

export const groupsNotSaid = (groups: readonly Principal[], unsaid: Unsaid | null): string =>
  `Slack doesn’t say who is in ${mentions(groups)}, so something that waits for you may be missing here. ${because(unsaid)}`;
