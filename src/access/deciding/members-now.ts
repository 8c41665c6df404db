/** Who is in a Slack user group at this moment. */
import { createCache } from '../../cache.js';
import type { Principal } from '../../domain/policy/policy.js';
import { inTime } from '../../in-time.js';
import { groupLate, groupUnread } from '../../surfaces/request/rule-words.js';
import type { Deps } from '../deps.js';
import { whyUnsaid } from './accounts.js';

/** Slack may take so long, as PagerDuty may, milliseconds. */
const DEADLINE_MS = 2_000;
/** One look at many requests asks about a group once in this time, milliseconds: Slack allows some 20 such calls a minute. */
const SAME_LOOK_MS = 10_000;
const MOST_GROUPS = 100;

/** The members, or a sentence about why Slack doesn't say. Never throws. */
export type MembersNow = (group: Principal) => Promise<ReadonlySet<string> | string>;

/** Asks Slack about each group when it is first asked for, whatever was remembered before. One for each look. */
export function membersNow({ messenger, logger }: Pick<Deps, 'messenger' | 'logger'>): MembersNow {
  const groups = createCache<ReadonlySet<string>>({ ttlMs: SAME_LOOK_MS, maxEntries: MOST_GROUPS });
  return (group) => {
    const answer = groups
      .get(group.id, () => messenger.members(group.id, { fresh: true }))
      .catch((error: unknown) => {
        logger.warn({ err: error, group: group.id }, 'Slack did not say who is in a group');
        return groupUnread(group, whyUnsaid({ messenger }, [group]));
      });
    return inTime(DEADLINE_MS, answer, () => groupLate(group, DEADLINE_MS));
  };
}
