/** What people wait for in vain, as the Hallpass that runs has written it down. */
import type { Queryable } from '../../ledger/pool.js';
import { countUndecidable } from '../../ledger/read-asking.js';
import { readShut } from '../../ledger/shut-places.js';
import { shutWarning, undecidableWarning } from '../../surfaces/asking.js';
import { type Finding, failure } from './finding.js';

/** @throws what the ledger throws. */
export async function checkWaiting(db: Queryable): Promise<readonly Finding[]> {
  const [places, undecidable] = await Promise.all([readShut(db), countUndecidable(db)]);
  return [
    ...places
      .filter(({ mended }) => !mended)
      .map((shut) => failure('channel', shutWarning({ ...shut, fix: null }), shut.fix)),
    ...(undecidable > 0
      ? [
          failure(
            'approvers',
            undecidableWarning(undecidable),
            'Their messages, and the operators’, say why.',
          ),
        ]
      : []),
  ];
}
