import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Draft, Drafts } from './drafts.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function draftWith(ms: number) {
  const arrived: string[] = [];
  const draft = new Draft(async (text) => {
    await new Promise((resolve) => setTimeout(resolve, ms));
    arrived.push(text);
  });
  return { draft, arrived };
}

it('sends after a pause, and only the last of what was typed', async () => {
  const { draft, arrived } = draftWith(0);
  for (const text of ['a', 'ab', 'abc']) {
    draft.type(text);
    await vi.advanceTimersByTimeAsync(100);
  }
  expect(arrived).toEqual([]);
  expect(draft.isSettled).toBe(false);
  await vi.advanceTimersByTimeAsync(151);
  expect(arrived).toEqual(['abc']);
  expect(draft.isSettled).toBe(true);
});

it('never lets an old text overtake a newer one', async () => {
  const { draft, arrived } = draftWith(1_000);
  draft.type('old');
  await vi.advanceTimersByTimeAsync(200);
  draft.type('newer');
  const all = draft.flush();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(arrived).toEqual(['old']);
  await vi.advanceTimersByTimeAsync(1_000);
  await all;
  expect(arrived).toEqual(['old', 'newer']);
});

it('flushes all fields of a form, and those that are gone no more', async () => {
  const drafts = new Drafts();
  const [one, two] = [draftWith(10), draftWith(20)];
  drafts.add(one.draft);
  const remove = drafts.add(two.draft);
  one.draft.type('1');
  two.draft.type('2');
  const all = drafts.flush();
  await vi.advanceTimersByTimeAsync(30);
  await all;
  expect([one.arrived, two.arrived]).toEqual([['1'], ['2']]);
  remove();
  two.draft.type('3');
  await drafts.flush();
  expect(two.arrived).toEqual(['2']);
});
