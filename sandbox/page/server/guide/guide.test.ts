import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { request } from '../../../stage/people.js';
import { ORDERS } from '../../../tour/postgres.js';
import { approve, relinquish } from '../../../tour/story.js';
import { call, openStaged, type Staged } from '../testing/staged.js';
import { type GuidePart, guidePart } from './guide.js';

let staged: Staged;
let part: GuidePart;

beforeAll(async () => {
  staged = await openStaged();
  part = guidePart(staged.backstage, staged.feed);
  // As while a page is open.
  vi.spyOn(staged.feed, 'readers', 'get').mockReturnValue(1);
});
afterAll(async () => {
  await part.close?.();
  await staged.close();
});

const states = () => staged.feed.state('guide').steps.map(({ id, state }) => `${id}: ${state}`);
const seen = (id: string) => staged.feed.state('guide').steps.find((step) => step.id === id)?.seen;
const done = (id: string) =>
  vi.waitFor(() => expect(states()).toContain(`${id}: done`), { timeout: 40_000, interval: 100 });

/** As the console does. */
async function runAsAna(): Promise<void> {
  const ran = { login: 'ana', on: 'shop', sql: ORDERS } as const;
  const outcomes = await staged.stage.sqlAs('ana', ORDERS).then(
    (rows) => [{ kind: 'rows', total: rows.length }],
    (error: unknown) => {
      if (!(error instanceof Error && 'code' in error)) throw error;
      return [{ kind: 'error', code: String(error.code), message: error.message }];
    },
  );
  part.ran({ ...ran, outcomes });
}

it('ticks each step off when it has really happened, and ends with the receipt', async () => {
  const { stage, backstage } = staged;
  const { slack } = stage;
  expect(new Set(states().map((state) => state.split(': ')[1]))).toEqual(new Set(['open']));

  const id = await request(slack, 'ana', { role: 'orders_read', duration: '15 minutes' });
  await done('ask');
  await runAsAna();
  await done('refused');
  expect(seen('refused')).toBe('permission denied for schema orders');
  await approve(stage, id);
  await done('approve');
  expect(states()).toContain('rows: open');
  await runAsAna();
  await done('rows');
  expect(seen('rows')).toBe('Ana read 40 rows');
  await relinquish(stage, id);
  await runAsAna();
  await done('over');
  expect(seen('over')).toMatch(new RegExp(`^${id} is ended \\(relinquished\\).*; permission denied`));

  const short = await request(slack, 'ana', { role: 'orders_read', duration: '5 seconds' });
  await approve(stage, short);
  await backstage.kill();
  expect(states()).toContain('break: open');
  await vi.waitFor(() => expect(backstage.state).toBe('gone'));
  await backstage.start();
  await done('break');
  await vi.waitFor(() =>
    expect(staged.feed.state('guide').receipt).toBe(
      'granted 2, revoked 2, still out on both servers 0, permanent memberships touched 0',
    ),
  );
});

it('skips a step that did not happen, and no other', async () => {
  await expect(call(part, 'guide-skip', { step: 'ask', skipped: true })).rejects.toThrow('happened already');
});
