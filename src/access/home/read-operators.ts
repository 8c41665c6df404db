/** The operators' part of a Home, as the ledger says. Who is an operator is asked each time it is drawn. */
import type { Pause } from '../../domain/request/pause.js';
import { readStanding } from '../../ledger/requests/standing.js';
import { readOldestStrays } from '../../ledger/targets/strays.js';
import type { Looking } from '../../surfaces/home/looking.js';
import type { OperatorsPart } from '../../surfaces/home/operators.js';
import type { Deps } from '../deps.js';
import { OVERDUE_MS } from '../telling/overdue.js';
import { readItems } from './items.js';
import { readPage } from './pages.js';

/** One block each. */
const SIZE = 10;
const MOST_STRAYS = 5;

export interface ForOperators {
  readonly part: Omit<OperatorsPart, 'choices'>;
  /** When something becomes overdue next, milliseconds from now; null when nothing will. */
  readonly changesInMs: number | null;
}

export async function readOperators(
  deps: Pick<Deps, 'config' | 'db' | 'roles' | 'messenger' | 'logger'>,
  looking: Pick<Looking, 'instance' | 'person' | 'all'>,
  pauses: readonly Pause[],
): Promise<ForOperators> {
  const { db, config } = deps;
  const { instance: target, person: requester } = looking;
  const filter = { target, requester };
  const [page, strays] = await Promise.all([
    readPage(looking.all, SIZE, async (skip) => {
      const { requests, ...rest } = await readStanding(db, filter, { skip, limit: SIZE, lateMs: OVERDUE_MS });
      return { ...rest, items: requests };
    }),
    readOldestStrays(db, filter, MOST_STRAYS),
  ]);
  const { read, ...standing } = page;
  const items = await readItems(
    deps,
    page.items.map(({ id }) => id),
    pauses,
  );
  return {
    part: {
      standing: {
        ...standing,
        items: page.items.flatMap(({ id, overdue }) => {
          const item = items.get(id);
          return item === undefined ? [] : [{ ...item, overdue }];
        }),
      },
      overdue: read.overdue,
      strays,
      pauses,
      instance:
        target === null ? null : { key: target, targetName: config.targets.get(target)?.name ?? target },
      person: requester,
    },
    changesInMs: read.overdueInMs,
  };
}
