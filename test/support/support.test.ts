import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import { describe, expect, onTestFinished, test } from 'vitest';
import { runSql } from '../../sandbox/postgres/server-access.js';
import { spawnChild } from './child.js';
import { createDatabase, postgres, uniqueName } from './postgres.js';
import { describeOwnRedis, startRedis } from './redis.js';
import { waitFor } from './wait-for.js';

const project = join(import.meta.dirname, '../..');

describe('waitFor', () => {
  test('answers what it saw, past errors and empty looks', async () => {
    const looks = [null, undefined, false, new Error('not yet'), 0];
    const seen = await waitFor(
      () => {
        const look = looks.shift();
        if (look instanceof Error) throw look;
        return look;
      },
      { what: 'a number' },
    );
    expect(seen).toBe(0);
    expect(looks).toEqual([]);
  });

  test('says what it waited for, and why the last look failed', async () => {
    const vain = waitFor(() => Promise.reject(new Error('no such table')), { what: 'rows', timeoutMs: 60 });
    await expect(vain).rejects.toThrow(
      'waited for rows for 60 ms in vain; the last look failed: no such table',
    );
    const hanging = waitFor(() => new Promise(() => {}), { what: 'an answer', timeoutMs: 60 });
    await expect(hanging).rejects.toThrow('waited for an answer for 60 ms in vain');
  });
});

describe('createDatabase', async () => {
  const kept = await createDatabase('support');

  test('gives an owner who is no superuser and a database of their own', async () => {
    const rows = await runSql(
      kept.url,
      `SELECT current_database() AS db, current_user AS who, rolsuper AS super
       FROM pg_roles WHERE rolname = current_user`,
    );
    expect(rows).toEqual([{ db: kept.database, who: kept.database, super: false }]);
    expect(uniqueName('x')).not.toBe(uniqueName('x'));
  });
});

test('a database is dropped after its file, and a child left running fails the file', async () => {
  mkdirSync(join(project, 'build'), { recursive: true });
  const folder = mkdtempSync(join(project, 'build', 'support-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const { url: _, urlFor: __, query: ___, ...address } = postgres;
  writeFileSync(
    join(folder, 'vitest.config.js'),
    `export default ${JSON.stringify({ test: { provide: { postgres: address } } })};`,
  );
  const support = join(project, 'test/support');
  writeFileSync(
    join(folder, 'leaks.test.ts'),
    `import { test } from 'vitest';
     import { runSql } from '../../sandbox/postgres/server-access.js';
import { spawnChild } from '${support}/child.js';
     import { createDatabase } from '${support}/postgres.js';
     import { waitFor } from '${support}/wait-for.js';
     const { database } = await createDatabase('dropped');
     test('passes', async () => {
       const child = spawnChild('sh', ['-c', 'echo "database is ' + database + '"; exec sleep 600']);
       await waitFor(() => child.lines.length > 0, { what: 'a line' });
     });`,
  );
  const vitest = join(project, 'node_modules/vitest/vitest.mjs');
  const args = [vitest, 'run', '--root', folder];
  const failure: { code: number; stdout: string; stderr: string } = await promisify(execFile)(
    process.execPath,
    args,
  ).then(
    () => expect.fail('the file passed'),
    (error) => error,
  );
  expect(failure.code).toBe(1);
  expect(failure.stderr).toContain('child processes were left running');
  const [, database] = /database is (\w+)/.exec(failure.stderr) ?? [];
  expect(database).toMatch(/^dropped_/);
  expect(await postgres.query('SELECT 1 FROM pg_database WHERE datname = $1', [database])).toEqual([]);
  expect(await postgres.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [database])).toEqual([]);
});

test('a child says all that it wrote and how it ended', async () => {
  const child = spawnChild('sh', ['-c', 'echo out; echo "$SECRET err" >&2; printf last; kill -9 $$'], {
    SECRET: 'given',
  });
  expect(await child.ended).toEqual({ code: null, signal: 'SIGKILL' });
  expect([...child.lines].sort()).toEqual(['given err', 'last', 'out']);
  const missing = spawnChild('no-such-program', []);
  await missing.ended;
  expect(missing.lines.join()).toContain('ENOENT');
});

describeOwnRedis('startRedis', () => {
  test('comes back empty at the same address', async () => {
    const redis = await startRedis();
    const client = new Redis(redis.url, { retryStrategy: () => 20 });
    client.on('error', () => undefined);
    onTestFinished(() => client.disconnect());
    await client.set('key', 'value');
    expect(await client.config('GET', 'maxmemory-policy')).toContain('noeviction');
    await redis.stop();
    await redis.start();
    expect(await client.get('key')).toBeNull();
    await redis.stop();
  });
});
