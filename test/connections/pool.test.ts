/** What the ledger's pool makes of a connection that breaks. */
import { expect, onTestFinished, test } from 'vitest';
import { startProxy } from '../../sandbox/postgres/proxy.js';
import { createPool } from '../../src/ledger/pool.js';
import { createDatabase, postgres } from '../support/postgres.js';

/** PostgreSQL documentation, "Message Formats": the end of an answer, and the last that a session says. */
const READY = Buffer.from('Z\0\0\0\x05I', 'latin1');
const FIELDS = Buffer.from('SFATAL\0VFATAL\0C57P01\0Mterminating connection\0\0', 'latin1');
const LAST_WORD = Buffer.concat([Buffer.from([0x45, 0, 0, 0, FIELDS.length + 4]), FIELDS]);

test('a session that ends right behind an answer fails the statement that waits for it, not the process', async () => {
  const owner = await createDatabase('ends');
  const proxy = await startProxy(postgres);
  onTestFinished(() => proxy.close());
  const url = new URL(owner.url);
  url.hostname = '127.0.0.1';
  url.port = String(proxy.port);
  const pool = createPool(url.href, () => undefined);
  onTestFinished(() => pool.end());
  pool.options.max = 1;
  await pool.query('select 1');
  proxy.toClient = (chunk) =>
    chunk.subarray(-READY.length).equals(READY) ? Buffer.concat([chunk, LAST_WORD]) : chunk;
  const [first, second] = await Promise.allSettled([
    pool.query('select 1 as one'),
    pool.query('select 2 as two'),
  ]);
  expect(first).toMatchObject({ status: 'fulfilled', value: { rows: [{ one: 1 }] } });
  expect(second.status).toBe('rejected');
  proxy.heal();
  expect((await pool.query('select 3 as three')).rows).toEqual([{ three: 3 }]);
});
