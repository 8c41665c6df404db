import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createBulkRevocations } from '../../src/access/sweeping/bulk-revocations.js';

const LONG = 60_000;

/** Has it resolved, once all that is due has run? */
async function isOver(over: Promise<void>): Promise<boolean> {
  return Promise.race([over.then(() => true), sleep(20, false)]);
}

it('is over when every bulk revocation is, or when it takes too long', async () => {
  const bulk = createBulkRevocations();
  await bulk.over(LONG);
  const [first, second] = [bulk.begin(), bulk.begin()];
  const over = bulk.over(LONG);
  first();
  expect(await isOver(over)).toBe(false);
  expect(await isOver(bulk.over(0))).toBe(true);
  second();
  await over;
  first();
  await bulk.over(LONG);
});
