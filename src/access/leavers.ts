/**
 * Who is no full member of the workspace any more loses what is lent to them, and their requests are withdrawn. What
 * counts is what Slack says when it is asked: an event says only whom to ask about, and those with something open are
 * asked about all the time, in rounds. A Slack that does not answer ends nobody's access. Whoever comes back gets
 * nothing back by it: what has ended has ended.
 */
import { endRound, readOpenOf, recordAsked, takeHolders } from '../ledger/holders.js';
import { MessengerError } from '../messenger/errors.js';
import type { Person } from '../messenger/messenger.js';
import { logSecurity } from '../security.js';
import type { ChangedInSlack } from './access.js';
import { change } from './change.js';
import type { Deps } from './deps.js';
import { unfit } from './who.js';

type LeaverDeps = Pick<Deps, 'db' | 'changed' | 'messenger' | 'logger'>;

/**
 * Ten people each six seconds: 100 a minute, which is the rate of users.info (tier 4). A round of up to 850 people
 * takes less than 9 minutes, and what Slack said is remembered for one: nobody is unasked for longer than ten. Of more
 * people, each is asked about once in 0.6 s times their number.
 */
export const HOLDERS_EVERY_MS = 6_000;
const HOLDERS_BATCH = 10;
const ROUND_MS = 5 * 60_000;
/** For one person; what comes later is remembered, and serves the next time. Milliseconds. */
const PERSON_MS = 3_000;

/** Errors of users.info that say nothing about Slack, or our token, but only about whom was asked. */
const OF_ONE_PERSON: ReadonlySet<string> = new Set(['user_not_found', 'user_not_visible']);

/** Slack tells that somebody, or a group, changed: what was remembered is forgotten, and the person looked at. */
export async function changedInSlack(deps: LeaverDeps, changed: ChangedInSlack): Promise<void> {
  if ('group' in changed) return deps.messenger.forget(changed.group);
  deps.messenger.forget(changed.person);
  // Slack tells of each new status of everybody: it is asked about few.
  if ((await readOpenOf(deps.db, changed.person)).length > 0) await endIfLeft(deps, changed.person);
}

/** Goes on with the round: asks about the next people who have something open. Never throws for Slack. */
export async function lookForLeavers(deps: LeaverDeps): Promise<void> {
  const turn = await takeHolders(deps.db, HOLDERS_BATCH, HOLDERS_EVERY_MS);
  if (turn === null) return;
  for (const holder of turn.holders) {
    // Slack is down, or asks for a pause: those who are left come next time.
    if (!(await endIfLeft(deps, holder))) return;
    await recordAsked(deps.db, turn, holder);
  }
  if (turn.holders.length < HOLDERS_BATCH) await endRound(deps.db, turn, ROUND_MS);
}

/** @returns false when Slack does not answer at all at present. */
async function endIfLeft(deps: LeaverDeps, userId: string): Promise<boolean> {
  const { db, logger } = deps;
  let person: Person | null;
  try {
    const late = new Promise<null>((resolve) => setTimeout(resolve, PERSON_MS, null).unref());
    person = await Promise.race([deps.messenger.person(userId), late]);
  } catch (error) {
    logger.warn({ err: error, user: userId }, 'Slack did not say whether somebody still has an account');
    return error instanceof MessengerError && OF_ONE_PERSON.has(error.code);
  }
  if (person === null) return false;
  const because = unfit(person);
  if (because === null) return true;
  const outcomes = await change(deps, await readOpenOf(db, userId), ({ state }) =>
    state === 'ending'
      ? null
      : { event: { type: state === 'pending' ? 'withdraw' : 'end', by: null }, audit: { because } },
  );
  const requests = [...outcomes].flatMap(([id, outcome]) => (outcome.ok ? [id] : []));
  if (requests.length === 0) return true;
  logSecurity(logger, 'holder_left', { user: userId, because, requests }, 'ended what somebody had who left');
  return true;
}
