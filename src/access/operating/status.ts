/** Who holds what, what waits, what is late and what is blocked, as the ledger says: read only as fast as it is printed. */
import type { Repeat } from '../../domain/policy/repeat.js';
import type { AccessRequest } from '../../domain/request/request.js';
import type { Stray } from '../../domain/request/stray.js';
import { readDailyNotes } from '../../ledger/messages/notes-of-today.js';
import type { Queryable } from '../../ledger/pool.js';
import { readUnjudged } from '../../ledger/requests/emergencies.js';
import {
  type After,
  type OpenRequest,
  type Part,
  type PersonFilter,
  readOpenPage,
  readTallies,
  type TargetTally,
} from '../../ledger/requests/open-requests.js';
import { readOpenRepeats } from '../../ledger/requests/repeats.js';
import { type Orphan, readOpenOrphans } from '../../ledger/targets/orphans.js';
import { readOpenStrays } from '../../ledger/targets/strays.js';
import { OVERDUE_MS } from '../telling/overdue.js';
import { BLOCKING_NOTES, type Block, readBlocks } from './blocked.js';

/** Rows in memory at a time. */
const PAGE = 200;

export interface StatusFilter {
  /** A target's key; null: all. */
  readonly target: string | null;
  readonly person: PersonFilter;
  /** Only what is overdue. */
  readonly overdue: boolean;
}

/**
 * A piece of the status: a target, then what is open there, in this order and in as many pieces as it takes. Each piece
 * shows one moment; the ledger may change between two.
 */
export type StatusPiece =
  | { readonly is: 'target'; readonly tally: TargetTally; readonly blocks: readonly Block[] }
  | { readonly is: 'requests'; readonly part: Part; readonly requests: readonly OpenRequest[] }
  | { readonly is: 'strays'; readonly strays: readonly Stray[] }
  /** Emergencies that no reviewer has judged, open or over. */
  | { readonly is: 'unreviewed'; readonly requests: readonly AccessRequest[] }
  | { readonly is: 'orphans'; readonly orphans: readonly (Orphan & { readonly foundAt: Date })[] }
  | { readonly is: 'repeats'; readonly repeats: readonly Repeat[] };

/** Leaves out targets on which nothing matches the filter, unless the filter names the target or is empty. */
export async function* readStatus(db: Queryable, filter: StatusFilter): AsyncGenerator<StatusPiece> {
  const { target, person, overdue } = filter;
  const notes = await readDailyNotes(db, BLOCKING_NOTES);
  let after = '';
  for (;;) {
    const which = target === null ? { after, limit: PAGE } : { only: target };
    const tallies = await readTallies(db, which, person, OVERDUE_MS);
    for (const tally of tallies) {
      if (target === null && !matches(tally, filter)) continue;
      yield { is: 'target', tally, blocks: await readBlocks(db, tally, notes) };
      yield* readOpen(db, tally, person, overdue);
    }
    const last = tallies.at(-1);
    if (target !== null || last === undefined || tallies.length < PAGE) return;
    after = last.target;
  }
}

function matches(
  { waiting, granted, due, overdue, unreviewed, orphans, repeats }: TargetTally,
  filter: StatusFilter,
): boolean {
  if (filter.overdue) return overdue > 0;
  return filter.person === null || waiting + granted + due + unreviewed + orphans + repeats > 0;
}

async function* readOpen(
  db: Queryable,
  tally: TargetTally,
  person: PersonFilter,
  overdueOnly: boolean,
): AsyncGenerator<StatusPiece> {
  const { target } = tally;
  const parts: readonly (readonly [Part, number])[] = overdueOnly
    ? [['overdue', tally.overdue]]
    : [
        ['due', tally.due],
        ['granted', tally.granted],
        ['waiting', tally.waiting],
      ];
  for (const [part, count] of parts) {
    if (count === 0) continue;
    let after: After | null = null;
    do {
      const page = await readOpenPage(db, target, part, person, OVERDUE_MS, after, PAGE);
      if (page.requests.length > 0) yield { is: 'requests', part, requests: page.requests };
      after = page.after;
    } while (after !== null);
  }
  if (tally.strays > 0) {
    for await (const strays of pages((after) =>
      readOpenStrays(db, target, person, overdueOnly ? OVERDUE_MS : 0, after, PAGE),
    )) {
      yield { is: 'strays', strays };
    }
  }
  if (tally.unreviewed > 0 && !overdueOnly) {
    for await (const requests of pages((after) => readUnjudged(db, target, person, after, PAGE))) {
      yield { is: 'unreviewed', requests };
    }
  }
  if (tally.orphans > 0 && !overdueOnly) {
    for await (const orphans of pages((after) => readOpenOrphans(db, target, person, after, PAGE))) {
      yield { is: 'orphans', orphans };
    }
  }
  if (tally.repeats > 0 && !overdueOnly) {
    for await (const repeats of pages((after) => readOpenRepeats(db, target, person, after, PAGE))) {
      yield { is: 'repeats', repeats };
    }
  }
}

async function* pages<T extends { readonly id: number }>(
  read: (after: number) => Promise<readonly T[]>,
): AsyncGenerator<readonly T[]> {
  let after = 0;
  for (;;) {
    const page = await read(after);
    const last = page.at(-1);
    if (last === undefined) return;
    yield page;
    if (page.length < PAGE) return;
    after = last.id;
  }
}
