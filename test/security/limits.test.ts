/** Limits of one person, kept by the ledger, whatever number of replicas asks at once. */
import { describe, expect, it } from 'vitest';
import { createPool } from '../../src/ledger/pool.js';
import { insertRequest, readTooMany } from '../../src/ledger/requests/insert-request.js';
import { aLedger, aWish } from '../ledger/a-ledger.js';

const { db, databaseUrl } = await aLedger();
describe('requests of one person at once, on two replicas', () => {
  it.each([
    ['that wait', { pendingPerPerson: 7, requestsPerMinute: 1_000 }, 'too_many_pending'],
    ['a minute', { pendingPerPerson: 1_000, requestsPerMinute: 7 }, 'too_many_requests'],
  ])('%s are no more than the limit', async (what, limit, reached) => {
    const other = createPool(databaseUrl, () => undefined);
    try {
      const requester = `U0${what.replace(/ /g, '').toUpperCase()}`;
      const answers = await Promise.all(
        Array.from({ length: 40 }, (_, i) =>
          insertRequest(i % 2 === 0 ? db : other, aWish({ requester, limits: limit })),
        ),
      );
      expect(answers.filter((answer) => answer !== null)).toHaveLength(7);
      expect(await readTooMany(db, requester, limit)).toBe(reached);
      expect(await readTooMany(db, requester, { pendingPerPerson: 8, requestsPerMinute: 8 })).toBeNull();
      // Nobody else is held back.
      expect(await insertRequest(db, aWish({ requester: 'U0OTHER', limits: limit }))).not.toBeNull();
    } finally {
      await other.end();
    }
  });
});
