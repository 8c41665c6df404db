import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createHerds } from '../../src/access/sweeping/bulk.js';

const LONG = 60_000;

/** Has it resolved, once all that is due has run? */
async function isOver(over: Promise<void>): Promise<boolean> {
  return Promise.race([over.then(() => true), sleep(20, false)]);
}

it('is over when every herd is, or when it takes too long', async () => {
  const herds = createHerds();
  await herds.over(LONG);
  const [first, second] = [herds.begin(), herds.begin()];
  const over = herds.over(LONG);
  first();
  expect(await isOver(over)).toBe(false);
  expect(await isOver(herds.over(0))).toBe(true);
  second();
  await over;
  first();
  await herds.over(LONG);
});
