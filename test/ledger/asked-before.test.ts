/** What the form takes from requests of before. */
import { expect, it } from 'vitest';
import { runSql } from '../../sandbox/postgres/server-access.js';
import { readChosen, readUsualAnswer } from '../../src/ledger/requests/asked-before.js';
import { insertRequest } from '../../src/ledger/requests/insert-request.js';
import { registerTargets } from '../../src/ledger/targets/targets.js';
import { aLedger, aWish } from './a-ledger.js';

const { db, ownerUrl } = await aLedger();
await registerTargets(db, ['shop-prod', 'attic']);
const owner = (sql: string, values: readonly unknown[] = []) => runSql(ownerUrl, sql, [...values]);

async function asked(wish: Parameters<typeof aWish>[0], minutesAgo: number): Promise<number> {
  const request = await insertRequest(db, aWish(wish));
  const id = request?.id ?? 0;
  await owner(`update requests set created_at = now() - $2 * interval '1 minute' where id = $1`, [
    id,
    minutesAgo,
  ]);
  return id;
}

it('a person chose each once, the latest first, and nobody else’s choice counts', async () => {
  const requester = 'U0CHOOSES';
  await asked({ requester, role: 'a' }, 30);
  await asked({ requester, role: 'b', target: 'attic' }, 20);
  await asked({ requester, role: 'a' }, 10);
  await asked({ requester: 'U0OTHER', role: 'c' }, 1);
  expect(await readChosen(db, requester)).toEqual([
    { target: 'shop-prod', role: 'a' },
    { target: 'attic', role: 'b' },
  ]);
  expect(await readChosen(db, 'U0NOBODY')).toEqual([]);
});

it('four of five answers of people came within so long; rules, old ones and fewer than ten tell nothing', async () => {
  const role = { target: 'attic', role: 'answered' };
  const answered = async (minutes: number, by: string | null, daysAgo = 0) => {
    const id = await asked(role, daysAgo * 24 * 60 + minutes);
    await owner(
      `update requests set state = 'denied', decided_by = $2, decided_via = 'dba', ended_at = now(),
         decided_at = created_at + $3 * interval '1 minute' where id = $1`,
      [id, by, minutes],
    );
  };
  for (let minutes = 1; minutes <= 9; minutes++) await answered(minutes, 'U0CORA');
  // By a rule at once, and too long ago.
  await answered(500, null);
  await answered(500, 'U0CORA', 100);
  expect(await readUsualAnswer(db, role)).toBeNull();
  await answered(600, 'U0CORA');
  expect(await readUsualAnswer(db, role)).toBe(8 * 60_000);
  expect(await readUsualAnswer(db, { ...role, target: 'shop-prod' })).toBeNull();
});
