/** What keeps Hallpass from granting or revoking on a target. Only the ledger is asked, so it works while the target is down. */
import { parseAnchor } from '../../domain/audit/anchor.js';
import { describeServer } from '../../domain/postgres/server-identity.js';
import { pauseOn } from '../../domain/request/pause.js';
import type { DailyNote } from '../../ledger/messages/notes-of-today.js';
import type { Queryable } from '../../ledger/pool.js';
import {
  type After,
  readOpenPage,
  readTroubles,
  type TargetTally,
} from '../../ledger/requests/open-requests.js';
import { hasGrantsElsewhere, hasGrantsOfAnotherLogin } from '../../ledger/requests/standing-elsewhere.js';
import { readPauses } from '../../ledger/targets/pauses.js';
import { DOUBTED, FORGED } from '../../surfaces/request/doubt.js';
import { anchorOf, judgeAnchor } from '../recovery/anchors.js';

/** As many troubles are shown of one target. */
const MOST_TROUBLES = 5;
/** Requests in memory at a time. */
const PAGE = 500;

export interface Block {
  /** For programs. */
  readonly reason:
    | ('ledger_doubted' | 'anchor_forged' | 'may_be_a_copy' | 'other_server' | 'former_login')
    | ('paused' | 'unreadable' | 'trouble');
  /** Sentences for people; may quote a server. */
  readonly says: string;
  /** What to do about it; null when the sentence says it. */
  readonly nextStep: string | null;
}

/** The kinds of operators' notes that `readBlocks` uses. */
export const BLOCKING_NOTES = ['login', 'server'] as const;

/**
 * Everything that blocks one target, the most serious first.
 * @param notes what operators were told today, of any target.
 */
export async function readBlocks(
  db: Queryable,
  tally: TargetTally,
  notes: readonly DailyNote[],
): Promise<readonly Block[]> {
  // One after another: it may be a single connection.
  const found = [
    await doubted(db, tally),
    mayBeACopy(tally),
    await otherServer(db, tally, notes),
    await formerLogin(db, tally, notes),
    await paused(db, tally),
    await unreadable(db, tally),
  ];
  const blocks = found.filter((block) => block !== null);
  return [...blocks, ...(await troubles(db, tally, blocks))];
}

async function doubted(db: Queryable, { target, server, doubt }: TargetTally): Promise<Block | null> {
  if (doubt === null) return null;
  const anchor = anchorOf(parseAnchor(doubt));
  const isForged =
    anchor !== null &&
    server !== null &&
    (await judgeAnchor(db, { target, server }, anchor)).says === 'forged';
  if (isForged) {
    const nextStep = `Find out who did it, then run hallpass recover --accept ${target}.`;
    return { reason: 'anchor_forged', says: FORGED, nextStep };
  }
  return {
    reason: 'ledger_doubted',
    says: `${DOUBTED} Until then nothing is granted or revoked there.`,
    nextStep: `See what is out there, and how to go on: hallpass recover ${target}.`,
  };
}

function mayBeACopy({ target, stranger }: TargetTally): Block | null {
  if (stranger === null) return null;
  return {
    reason: 'may_be_a_copy',
    says: `Another server answers there (${describeServer(stranger)}), which may be a failover or a copy. Nothing is granted, and nothing counts as confirmed.`,
    nextStep: `If it took the place of the old one for good, run hallpass recover --replaced ${target}. If the address is wrong, correct connect in the configuration.`,
  };
}

/** The newest note of this kind on this target, as the rest of its key. */
function newest(
  notes: readonly DailyNote[],
  word: (typeof BLOCKING_NOTES)[number],
  target: string,
): { readonly parts: readonly string[]; readonly at: Date } | null {
  const begin = `${word}:${target}:`;
  const note = notes.findLast(({ key }) => key.startsWith(begin));
  return note === undefined ? null : { parts: note.key.slice(begin.length).split(':'), at: note.at };
}

async function otherServer(
  db: Queryable,
  { target, stranger, seenAt }: TargetTally,
  notes: readonly DailyNote[],
): Promise<Block | null> {
  const note = newest(notes, 'server', target);
  // The known server has been seen again since.
  if (note === null || stranger !== null || (seenAt !== null && seenAt > note.at)) return null;
  const [expected = '', found = ''] = note.parts;
  if (!(await hasGrantsElsewhere(db, target, expected))) return null;
  return {
    reason: 'other_server',
    says: `Another server answers there (system identifier ${found}) than the one that grants are out on (${expected}).`,
    nextStep: `Correct connect in the configuration, or, if the old one is gone for good, run hallpass recover --replaced ${target}.`,
  };
}

async function formerLogin(
  db: Queryable,
  { target, server }: TargetTally,
  notes: readonly DailyNote[],
): Promise<Block | null> {
  const note = newest(notes, 'login', target);
  const [oid = ''] = note?.parts ?? [];
  if (note === null || server === null || !/^\d{1,10}$/.test(oid)) return null;
  const request = await hasGrantsOfAnotherLogin(db, target, {
    server,
    grantorOid: Number(oid),
    since: note.at,
  });
  if (request === null) return null;
  return {
    reason: 'former_login',
    says: `Hallpass logs in there as another login than the one that granted R-${request}. Nothing is granted until everything of the old login has ended, and Hallpass can't revoke that.`,
    nextStep: `See what keeps it from ending, and the SQL for it: hallpass check ${target}.`,
  };
}

async function paused(db: Queryable, { target }: TargetTally): Promise<Block | null> {
  const pause = pauseOn(await readPauses(db), target);
  if (pause === null) return null;
  const where = pause.target === null ? 'every target' : pause.target;
  return {
    reason: 'paused',
    says: `Granting is paused on ${where} since ${pause.since.toISOString()}, by ${pause.by}: ${pause.because}. Revocations go on.`,
    nextStep: `To go on: hallpass resume${pause.target === null ? '' : ` ${target}`}`,
  };
}

async function unreadable(
  db: Queryable,
  { target, waiting, granted, due }: TargetTally,
): Promise<Block | null> {
  if (waiting + granted + due === 0) return null;
  let count = 0;
  let first = 0;
  let after: After | null = null;
  do {
    const page = await readOpenPage(db, target, 'all', null, 0, after, PAGE);
    for (const open of page.requests) {
      if (!('unread' in open)) continue;
      count += 1;
      if (count === 1) first = open.id;
    }
    after = page.after;
  } while (after !== null);
  if (count === 0) return null;
  return {
    reason: 'unreadable',
    says: `${count === 1 ? `R-${first} can't` : `${count} requests, one of them R-${first}, can't`} be read by this release of Hallpass.`,
    nextStep: 'Run a release at least as new as the one that migrated the ledger.',
  };
}

/** Without those that repeat what a block says already. */
async function troubles(
  db: Queryable,
  { target, waiting, granted, due, stranger }: TargetTally,
  known: readonly Block[],
): Promise<readonly Block[]> {
  if (waiting + granted + due === 0) return [];
  const told = stranger === null ? [DOUBTED, FORGED] : [DOUBTED, FORGED, describeServer(stranger)];
  const found = await readTroubles(db, target, MOST_TROUBLES);
  return found
    .filter(({ trouble }) => known.length === 0 || !told.some((words) => trouble.includes(words)))
    .map(({ trouble, count }) => ({
      reason: 'trouble',
      says: `${count === 1 ? '1 request or membership waits' : `${count} requests or memberships wait`}: ${trouble}`,
      nextStep: `Find out more: hallpass check ${target}.`,
    }));
}
