import { afterEach, expect, it, vi } from 'vitest';
import type { EncoreRun } from '../../api-faults.js';
import { CLI, call, HeardFeed } from '../testing/staged.js';
import { encorePart } from './encore.js';

const feed = new HeardFeed();
const part = encorePart(CLI, feed);
afterEach(() => part.close?.());

const state = () => feed.state('encore');

const until = (check: () => void) => vi.waitFor(check, { timeout: 120_000, interval: 50 });
function run(): EncoreRun {
  const now = state();
  if (now.phase !== 'running' && now.phase !== 'over') throw new Error(`it is ${JSON.stringify(now)}`);
  return now;
}

it('counts two herds down; Hallpass is killed in the middle, and resumes; the jobs of the other are lost', async () => {
  await call(part, 'encore');
  await expect(call(part, 'encore')).rejects.toThrow('plays already');
  await until(() => expect(state().phase).toBe('running'));
  expect(run().counters).toMatchObject({ hallpass: { left: 10_000 }, naive: { left: 10_000 } });
  await call(part, 'encore-kill', { inTheMiddle: true });
  expect(run().killInTheMiddle).toBe(true);
  await until(() => expect(run().hallpass).toBe('gone'));
  const { left } = run().counters.hallpass;
  expect(left).toBeGreaterThan(0);
  await call(part, 'encore-start');
  await until(() => expect(run().counters.hallpass.left).toBe(0));
  expect(run().counters.hallpass.doneAfter).toBeGreaterThan(0);
  await call(part, 'encore-flush');
  await call(part, 'encore-end');
  expect(state()).toEqual({ phase: 'idle', failed: null });
});
