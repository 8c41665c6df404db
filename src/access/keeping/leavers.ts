/**
 * People who are no longer full members of the workspace lose their grants, and their requests are withdrawn. Only Slack's
 * answer counts: an event just says whom to ask about, and Hallpass asks about everyone with something open in rounds.
 * While Slack doesn't answer, all access stays. A person Slack can't describe doesn't hold up the others: Hallpass retries
 * them separately and tells the operators after an hour. Someone who comes back has to request access again.
 */

import { inTime } from '../../in-time.js';
import { everyHomeChanged, homeOfChanged } from '../../ledger/messages/homes.js';
import type { Queryable } from '../../ledger/pool.js';
import {
  endRound,
  forgetUnread,
  readOpenOf,
  recordAsked,
  recordUnread,
  takeHolders,
  type UnreadPerson,
} from '../../ledger/requests/holders.js';
import { endRepeats, hasRepeats } from '../../ledger/requests/repeats.js';
import { MessengerError } from '../../messenger/errors.js';
import { logSecurity } from '../../security.js';
import { personUnread } from '../../surfaces/operators/operators.js';
import { accountLeft } from '../../surfaces/request/repeat.js';
import type { ChangedInSlack } from '../access.js';
import { change } from '../change.js';
import { unfit } from '../deciding/accounts.js';
import type { Deps } from '../deps.js';
import { tellOperators } from '../telling/operators.js';

type LeaverDeps = Pick<Deps, 'config' | 'db' | 'outbox' | 'sweeps' | 'messenger' | 'logger'>;

/** Errors of users.info that say nothing about Slack, or our token, but only about whom was asked. */
const OF_ONE_PERSON: ReadonlySet<string> = new Set(['user_not_found', 'user_not_visible']);

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

/** People Slack couldn't describe: how many are retried in a turn, and how often each; milliseconds. */
const UNREAD_BATCH = 3;
const UNREAD_EVERY_MS = 20_000;
/** After so long the operators are told; milliseconds. */
const UNREAD_TOLD_MS = 60 * 60_000;

/** Slack tells that somebody, or a group, changed: what was remembered is forgotten, and the person looked at. */
export async function changedInSlack(deps: LeaverDeps, changed: ChangedInSlack): Promise<void> {
  if ('group' in changed) {
    deps.messenger.forget(changed.group);
    await everyHomeChanged(deps.db);
    return deps.outbox.kick();
  }
  deps.messenger.forget(changed.person);
  await homeOfChanged(deps.db, changed.person);
  // Slack tells of each new status of everybody: it is asked about few.
  if (!(await hasAny(deps.db, changed.person))) return;
  const answer = await endIfLeft(deps, changed.person);
  if (answer?.told === false) await recordUnread(deps.db, changed.person, UNREAD_EVERY_MS);
}

/** Goes on with the round: asks about the next people who have something open. Never throws for Slack. */
export async function lookForLeavers(deps: LeaverDeps): Promise<void> {
  const { db } = deps;
  const taken = await takeHolders(
    db,
    { most: HOLDERS_BATCH, everyMs: HOLDERS_EVERY_MS },
    { most: UNREAD_BATCH, everyMs: UNREAD_EVERY_MS },
  );
  for (const unread of taken.unread) {
    const answer = await endIfLeft(deps, unread.person);
    if (answer === null) return;
    if (answer.told || !(await hasAny(db, unread.person))) await forgetUnread(db, unread.person);
    else if (unread.forMs >= UNREAD_TOLD_MS) await tellUnread(deps, unread, answer.why);
  }
  const { turn } = taken;
  if (turn === null) return;
  for (const holder of turn.holders) {
    const answer = await endIfLeft(deps, holder);
    // Those who are left come next time.
    if (answer === null) return;
    if (!answer.told) await recordUnread(db, holder, UNREAD_EVERY_MS);
    await recordAsked(db, turn, holder);
  }
  if (turn.holders.length < HOLDERS_BATCH) await endRound(db, turn, ROUND_MS);
}

/** Whether Slack told of one person, or why not. */
type Answer = { readonly told: true } | { readonly told: false; readonly why: string };

/** @returns null when Slack answers nothing at present, or asks for a pause: that says nothing about the person. */
async function endIfLeft(deps: LeaverDeps, userId: string): Promise<Answer | null> {
  const { logger } = deps;
  try {
    const person = await inTime(PERSON_MS, deps.messenger.person(userId), () => {
      throw new MessengerError(`users.info: Slack did not answer within ${PERSON_MS / 1_000} s.`, {
        code: 'timeout',
        passing: true,
      });
    });
    await endAll(deps, userId, unfit(person));
    return { told: true };
  } catch (thrown) {
    if (!(thrown instanceof MessengerError)) throw thrown;
    logger.warn({ err: thrown, user: userId }, 'Slack did not say whether somebody still has an account');
    return (await isReached(deps, thrown)) ? { told: false, why: thrown.message } : null;
  }
}

/** Whether Slack answers at all: if so, the error concerns only this person, and the round goes on. */
async function isReached({ messenger }: LeaverDeps, error: MessengerError): Promise<boolean> {
  if (error.retryAfterMs !== null) return false;
  if (OF_ONE_PERSON.has(error.code)) return true;
  return messenger.checkToken().then(
    () => true,
    () => false,
  );
}

/** Has this person anything that would end if they left? */
async function hasAny(db: Queryable, person: string): Promise<boolean> {
  return (await readOpenOf(db, person)).length > 0 || hasRepeats(db, person);
}

async function endAll(deps: LeaverDeps, userId: string, because: ReturnType<typeof unfit>): Promise<void> {
  if (because === null) return;
  const { db, logger } = deps;
  const outcomes = await change(deps, await readOpenOf(db, userId), ({ state }) =>
    state === 'ending'
      ? null
      : { event: { type: state === 'pending' ? 'withdraw' : 'end', by: null }, audit: { because } },
  );
  const requests = [...outcomes].flatMap(([id, outcome]) => (outcome.ok ? [id] : []));
  const end = { by: null, because: accountLeft() };
  const repeats = await endRepeats(db, { requester: userId }, end, { left: because });
  if (repeats.length > 0) deps.outbox.kick();
  if (requests.length + repeats.length === 0) return;
  logSecurity(
    logger,
    'holder_left',
    { user: userId, because, requests, repeats },
    'ended what somebody had who left',
  );
}

/** Once for each time that somebody can't be read: whichever process does, by the key. */
async function tellUnread(deps: LeaverDeps, { person, since }: UnreadPerson, why: string): Promise<void> {
  const key = `unread:${person}:${since.toISOString()}`;
  await tellOperators(deps, key, personUnread({ person, since, why }));
}
