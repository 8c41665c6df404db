import { expect, it } from 'vitest';
import { createLimits } from '../../src/access/telling/slack-limits.js';

const MINUTE = 60_000;

it('leaves one full channel alone, and everybody once a second one is refused', () => {
  const limits = createLimits();
  limits.heard('post', 'C0FULL', MINUTE);
  limits.heard('post', 'C0FULL', 1);
  expect(limits.allowed()).toMatchObject({ posts: true, updates: true, except: ['C0FULL'] });
  limits.heard('post', 'U0ANA', MINUTE);
  expect(limits.allowed()).toMatchObject({ posts: false, updates: true });
});

it('counts updates for the whole app, and says when more is allowed', () => {
  const limits = createLimits();
  expect(limits.allowed()).toEqual({ posts: true, updates: true, except: [], moreInMs: null });
  limits.heard('update', 'C0ACCESS', MINUTE);
  const { posts, updates, moreInMs } = limits.allowed();
  expect([posts, updates]).toEqual([true, false]);
  expect(moreInMs).toBeGreaterThan(MINUTE - 10_000);
  expect(moreInMs).toBeLessThanOrEqual(MINUTE);
});

it('forgets what is over', () => {
  const limits = createLimits();
  limits.heard('post', 'C0FULL', 0);
  limits.heard('post', 'U0ANA', 0);
  limits.heard('update', 'C0ACCESS', 0);
  expect(limits.allowed()).toEqual({ posts: true, updates: true, except: [], moreInMs: null });
});
