/** What the page says of the databases while a grant comes and goes, and while servers are stopped. */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { click, request, told } from '../../../stage/people.js';
import { type Stage, startStage } from '../../../stage/stage.js';
import { approve } from '../../../tour/story.js';
import type { Topics } from '../../api.js';
import type { Truth } from '../../api-database.js';
import { Feed } from '../feed.js';
import { type DatabasePart, databasePart } from './database.js';

/** Hears the feed as a page does. */
class HeardFeed extends Feed {
  truth: Truth | null = null;
  told = 0;

  override tell<T extends Exclude<keyof Topics, 'slack'>>(topic: T, state: Topics[T]): void {
    super.tell(topic, state);
    const said: unknown = state;
    if (topic !== 'truth') return;
    this.told += 1;
    this.truth = said as Truth;
  }
}

const feed = new HeardFeed();
let stage: Stage;
let part: DatabasePart;

beforeAll(async () => {
  stage = await startStage({
    cli: join(import.meta.dirname, '../../../../dist/cli.js'),
    ledgerApart: true,
    ordersAdmin: true,
    vault: true,
  });
  await stage.startHallpass();
  part = databasePart(stage, feed);
});
afterAll(async () => {
  await part.close?.();
  await stage.close();
});

const WAIT = { timeout: 20_000, interval: 50 };
const readers = vi.spyOn(feed, 'readers', 'get');
const ranSql = async (sql: string) => part.verbs['console-run']?.({ login: 'ana', on: 'shop', sql });
const granted = () => feed.truth?.memberships.shop.value?.rows.filter((row) => row.granted);

test('nobody is told anything while no page is open', async () => {
  readers.mockReturnValue(0);
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(feed.told).toBe(0);
});

test('a grant is seen to come, to run and to go', async () => {
  readers.mockReturnValue(1);
  await vi.waitFor(() => expect(feed.truth).not.toBeNull(), WAIT);
  expect(feed.truth?.memberships).toMatchObject({
    shop: { value: { granted: 0, total: 5 }, trouble: null },
    vault: { value: { granted: 0, total: 1 }, trouble: null },
  });
  const heard = vi.fn();
  const end = part.onRan(heard);
  expect(await ranSql('select from orders.orders')).toMatchObject({ outcomes: [{ code: '42501' }] });
  expect(heard).toHaveBeenCalledWith(expect.objectContaining({ login: 'ana', on: 'shop' }));
  end();

  const id = await request(stage.slack, 'ana', { role: 'orders_read', duration: '15 minutes' });
  await vi.waitFor(
    () =>
      expect(feed.truth?.grants.value).toMatchObject({
        counts: { pending: 1 },
        rows: [{ id, state: 'pending', login: 'ana', role: 'orders_read', target: 'shop' }],
      }),
    WAIT,
  );
  const before = Date.now();
  await approve(stage, id);
  await vi.waitFor(() => expect(feed.truth?.grants.value?.rows[0]?.state).toBe('active'), WAIT);
  const until = feed.truth?.grants.value?.rows[0]?.until ?? 0;
  expect(until).toBeGreaterThan(before + 14 * 60_000);
  expect(until).toBeLessThan(Date.now() + 15 * 60_000 + 1_000);
  expect(granted()).toEqual([
    {
      role: 'orders_read',
      member: 'ana',
      grantor: 'hallpass',
      admin: false,
      inherit: true,
      set: false,
      granted: true,
    },
  ]);
  await vi.waitFor(
    () => expect(feed.truth?.alarms.value).toMatchObject({ count: 1, next: { target: 'shop' } }),
    WAIT,
  );
  expect(feed.truth?.alarms.value?.next?.at).toBeGreaterThan(until - 5_000);
  const kinds = () => feed.truth?.audit.value?.last.map(({ kind }) => kind);
  expect(kinds()?.[0]).toBe('granted');
  expect(feed.truth?.audit.value?.last[0]).toMatchObject({
    request: id,
    hash: expect.stringMatching(/^[0-9a-f]{12}$/),
  });
  expect(await ranSql('begin; select from orders.orders')).toMatchObject({ outcomes: [{}, { total: 40 }] });

  await click(stage.slack, 'ana', await told(stage.slack, 'ana', id, /Relinquish/), 'Relinquish');
  await vi.waitFor(() => expect(kinds()).toContain('proved_gone'), WAIT);
  expect(granted()).toEqual([]);
  expect(await ranSql('select from orders.orders')).toMatchObject({
    opened: { because: 'terminating connection due to administrator command' },
    outcomes: [{ code: '42501' }],
  });
});

test('a server that is stopped silences its own facts, and no others', async () => {
  await stage.server.stop();
  await vi.waitFor(() => expect(feed.truth?.memberships.shop.trouble).toBe('Shop does not answer.'), WAIT);
  expect(feed.truth?.memberships.vault.trouble).toBeNull();
  expect(feed.truth?.grants.trouble).toBeNull();
  await stage.ledger.stop();
  await vi.waitFor(() => expect(feed.truth?.audit.trouble).toBe('The ledger does not answer.'), WAIT);
  await Promise.all([stage.server.start(), stage.ledger.start()]);
  await vi.waitFor(() => expect(JSON.stringify(feed.truth)).not.toContain('does not answer'), WAIT);
});

test('of thousands, twenty are read and all are counted', async () => {
  await stage.server.query(
    `do $$ begin for n in 1..3000 loop execute format('create role crowd_%s', n); end loop; end $$`,
  );
  await stage.server.query(
    `do $$ begin for n in 1..3000 loop execute format('grant payments_read to crowd_%s', n); end loop; end $$`,
  );
  await vi.waitFor(() => expect(feed.truth?.memberships.shop.value?.total).toBe(3_005), WAIT);
  expect(feed.truth?.memberships.shop.value?.rows).toHaveLength(20);
});

test('what the console completes is what is there', async () => {
  const tables = part.verbs['console-tables'];
  expect(await tables?.({ on: 'shop' })).toMatchObject({ orders: { customers: ['id', 'name', 'city'] } });
  expect(await tables?.({ on: 'vault' })).toMatchObject({ keys: { keys: ['id', 'opens'] } });
});
