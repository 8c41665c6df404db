import { Redis } from 'ioredis';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { migrateQueue } from '../../src/queue/migrate.js';
import { createDatabase, postgres, uniqueName } from '../support/postgres.js';
import { describeOwnRedis, describeRedis, startRedis, type TestRedis } from '../support/redis.js';
import { waitFor } from '../support/wait-for.js';
import { createLogin } from './create-login.js';
import { type Backend, openAlarms } from './open-alarms.js';

/** What a backend keeps of alarms that have rung. */
type CountJobs = () => Promise<number>;

function ringsAsItShould(backend: () => Backend, countJobs: CountJobs): void {
  test('an alarm rings once, in one of the processes, and not before its time', async () => {
    const [one, two] = await Promise.all([openAlarms(backend()), openAlarms(backend())]);
    const armedAt = Date.now();
    one.arm('shop', 1_000.4);
    two.arm('shop-later', 2_000.6);
    await waitFor(() => [...one.rung, ...two.rung].includes('shop'), { what: 'the first alarm' });
    const waited = Date.now() - armedAt;
    await waitFor(() => [...one.rung, ...two.rung].includes('shop-later'), { what: 'the second alarm' });
    expect([...one.rung, ...two.rung].sort()).toEqual(['shop', 'shop-later']);
    // A process's clock has whole milliseconds.
    expect(waited).toBeGreaterThanOrEqual(995);
    expect(waited).toBeLessThan(11_000);
  });

  test('the same target can be armed again and again, and nothing is kept', async () => {
    const alarms = await openAlarms(backend());
    for (const times of [1, 2, 3]) {
      alarms.arm('shop', 0);
      await alarms.rang('shop', times);
    }
    await waitFor(async () => (await countJobs()) === 0, { what: 'all jobs to be gone' });
  });

  test('a sweep that throws is logged, is not called again, and the next alarm rings', async () => {
    const alarms = await openAlarms(backend(), ['broken']);
    alarms.arm('broken', 0);
    await alarms.rang('broken');
    alarms.arm('shop', 0);
    await alarms.rang('shop');
    await waitFor(async () => (await countJobs()) === 0, { what: 'all jobs to be gone' });
    expect(alarms.rung).toEqual(['broken', 'shop']);
    expect(alarms.log.filter((line) => line.includes('no sweep of broken'))).toHaveLength(1);
  });
}

describe('on Postgres, as the lesser login', async () => {
  const ledger = await createDatabase('alarms');
  const login = await createLogin(ledger);
  const backend: Backend = { redisUrl: null, databaseUrl: login.url, prefix: '' };
  beforeAll(() => migrateQueue(ledger.url, { grantTo: login.user }));

  ringsAsItShould(
    () => backend,
    async () => {
      const jobs = await postgres.query('SELECT FROM bullmq.job', [], ledger.database);
      return jobs.length;
    },
  );

  test('works again after the ledger was away, with one line a side in the log', async () => {
    const alarms = await openAlarms(backend);
    alarms.arm('shop', 0);
    await alarms.rang('shop');

    await postgres.query(`ALTER ROLE ${login.user} NOLOGIN`);
    onTestFinished(() => postgres.query(`ALTER ROLE ${login.user} LOGIN`).then(() => undefined));
    await postgres.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1', [
      login.user,
    ]);
    await waitFor(
      () => {
        alarms.arm('shop', 0);
        return ['set', 'received'].every((done) => said(alarms.log, `can't be ${done}`) === 1);
      },
      { what: 'both ends to be out' },
    );
    // A process that starts meanwhile.
    const late = await openAlarms(backend);
    await waitFor(() => said(late.log, "can't be received") === 1, { what: 'the late one to be out' });

    await postgres.query(`ALTER ROLE ${login.user} LOGIN`);
    for (const { log } of [alarms, late]) {
      await waitFor(() => said(log, 'can be received again') === 1, { what: 'both to receive' });
    }
    alarms.arm('after', 0);
    await waitFor(() => [...alarms.rung, ...late.rung].includes('after'), { what: 'an alarm' });
    await waitFor(() => said(alarms.log, 'can be set again') === 1, { what: 'the good news' });
    expect(alarms.log).toHaveLength(4);
  });
});

describeRedis('on Redis', () => {
  let redis: TestRedis;
  const prefix = uniqueName('test');
  const backend = (): Backend => ({ redisUrl: redis.url, databaseUrl: postgres.url, prefix });
  beforeAll(async () => {
    redis = await startRedis();
    return () => redis.stop();
  });

  ringsAsItShould(backend, () => countJobs(redis.url, prefix));

  test('a wiped Redis forgets alarms, and takes new ones at once', async () => {
    const alarms = await openAlarms(backend());
    alarms.arm('forgotten', 2_000);
    await waitFor(async () => (await countJobs(redis.url, prefix)) === 1, { what: 'the job' });
    await withClient(redis.url, (client) => client.flushall());
    alarms.arm('after', 3_000);
    await alarms.rang('after');
    expect(alarms.rung).toEqual(['after']);
  });
});

describeOwnRedis('without Redis', () => {
  const prefix = uniqueName('test');

  test('arming never waits, the newest alarm wins, and all works once Redis is there', async () => {
    const redis = await startRedis();
    await redis.stop();
    const alarms = await openAlarms({ redisUrl: redis.url, databaseUrl: postgres.url, prefix });
    const begun = performance.now();
    for (let i = 0; i < 10_000; i++) alarms.arm('shop', 3_600_000 + i);
    alarms.arm('shop', 0);
    expect(performance.now() - begun).toBeLessThan(2_000);
    await waitFor(() => ['set', 'received'].every((done) => said(alarms.log, `can't be ${done}`) === 1), {
      what: 'both ends to be out',
    });

    await redis.start();
    onTestFinished(() => redis.stop());
    await alarms.rang('shop');
    // The first was under way when Redis came; the newest rang; those between were never sent.
    await waitFor(async () => (await countJobs(redis.url, prefix)) === 1, { what: 'the first alone' });
    for (const done of ['set', 'received']) {
      expect(said(alarms.log, `can't be ${done}`)).toBe(1);
      await waitFor(() => said(alarms.log, `can be ${done} again`) === 1, { what: 'the good news' });
    }

    await redis.stop();
    await waitFor(() => said(alarms.log, "can't be received") === 2, { what: 'the second outage' });
    await redis.start();
    alarms.arm('after', 0);
    await alarms.rang('after');
  });

  test.each(['from the start', 'later on'])('closes when Redis is away %s', async (since) => {
    const redis = await startRedis();
    if (since === 'from the start') await redis.stop();
    const alarms = await openAlarms({ redisUrl: redis.url, databaseUrl: postgres.url, prefix });
    alarms.arm('shop', 0);
    if (since === 'later on') {
      await alarms.rang('shop');
      await redis.stop();
      alarms.arm('shop', 0);
    }
    await waitFor(() => said(alarms.log, "can't be") > 0, { what: 'the outage' });
    await alarms.close();
    alarms.arm('shop', 0);
  });
});

function said(log: readonly string[], words: string): number {
  return log.filter((line) => line.includes(words)).length;
}

/** BullMQ keeps each job under its number. */
function countJobs(url: string, prefix: string): Promise<number> {
  return withClient(url, async (client) => {
    const keys = await client.keys(`${prefix}:*`);
    return keys.filter((key) => /:\d+$/.test(key)).length;
  });
}

async function withClient<T>(url: string, use: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(url);
  try {
    return await use(client);
  } finally {
    client.disconnect();
  }
}
