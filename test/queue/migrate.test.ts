import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { runSql } from '../../sandbox/postgres/server-access.js';
import { migrateQueue, QueueMigrationError } from '../../src/queue/migrate.js';
import { createDatabase, postgres } from '../support/postgres.js';
import { createLogin } from './create-login.js';

const ledger = await createDatabase('queue');
const fresh = await createDatabase('queue');
const login = await createLogin(ledger);
const stranger = await createLogin(fresh);

test('replicas that start together all succeed, and the lesser login can create nothing', async () => {
  const migrate = () => migrateQueue(ledger.url, { grantTo: login.user });
  await Promise.all([migrate(), migrate(), migrate(), migrate()]);
  await migrate();

  expect(await runSql(login.url, 'SELECT FROM bullmq.job')).toEqual([]);
  const create = runSql(login.url, 'CREATE TABLE bullmq.mine ()');
  await expect(create).rejects.toMatchObject({ code: '42501' });
});

test('the owner may be the login that Hallpass runs with', async () => {
  await migrateQueue(ledger.url, { grantTo: ledger.user });
});

test('an outsider that holds BullMQ’s lock keeps nobody waiting where there is nothing to migrate', async () => {
  await migrateQueue(ledger.url, { grantTo: login.user });
  const outsider = new pg.Client({ connectionString: login.url });
  await outsider.connect();
  onTestFinished(() => outsider.end());
  await outsider.query("select pg_advisory_lock(1112886348, hashtext('bullmq'))");
  await outsider.query("select pg_advisory_lock(hashtextextended('bullmq', 0))");
  await migrateQueue(ledger.url, { grantTo: login.user });
});

test('who holds it at the first migration is named after a while', async () => {
  const outsider = new pg.Client({ connectionString: fresh.url });
  await outsider.connect();
  onTestFinished(() => outsider.end());
  await outsider.query("select pg_advisory_lock(1112886348, hashtext('bullmq'))");
  const error = await migrateQueue(fresh.url, { grantTo: stranger.user }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(QueueMigrationError);
  expect(error).toMatchObject({ nextStep: expect.stringContaining('pg_terminate_backend') });
});

test.each([
  ['may not create a schema', stranger.url],
  ['can not log in', postgres.urlFor({ user: login.user, password: 'wrong', database: ledger.database })],
])('says what is to be done when the owner %s', async (_, url) => {
  const error = await migrateQueue(url, { grantTo: login.user }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(QueueMigrationError);
  expect(error).toMatchObject({ nextStep: expect.stringContaining('DATABASE_OWNER_URL') });
});
