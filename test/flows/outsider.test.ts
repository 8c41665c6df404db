/**
 * Locks only save work: somebody holds every one that Hallpass ever took, or every lease that it takes now, and never lets
 * go. What is due is done all the same, within a heartbeat.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterEach, expect, onTestFinished, test } from 'vitest';
import { runSql } from '../../sandbox/postgres/server-access.js';
import { CAST } from '../../sandbox/stage/cast.js';
import { expectReads, untilRefused } from '../support/access.js';
import { operatorsHear } from '../support/messages.js';
import {
  approved,
  expectSettled,
  inLedger,
  obtain,
  untilAllSent,
  untilInLedger,
} from '../support/requests.js';
import { openStage } from '../support/stage.js';
import { waitFor } from '../support/wait-for.js';

const stage = await openStage();
const { server, ledger } = stage;
let hallpass = await stage.startHallpass();

/** HEARTBEAT, and what one sweep may take on a busy machine. */
const BOUND_MS = 15_000 + 30_000;
const SHORT = { otherDuration: '4s' };
const LEASES = ['shop', ':overdue'];

afterEach(() => expectSettled(stage));

/** A session that lasts until it is ended, or the test is over. */
async function openSession(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  onTestFinished(() => client.end().catch(() => undefined));
  return client;
}

/** Asks, is approved, and has it within the bound. */
async function obtainInTime(name: 'ana' | 'ben', otherDuration: string): Promise<string> {
  const id = await approved(stage, name, { role: 'orders_read', otherDuration });
  const since = Date.now();
  await untilInLedger(stage, id, 'active');
  expect(Date.now() - since).toBeLessThan(BOUND_MS);
  await expectReads(stage, name, 'orders_read');
  return id;
}

async function expectRefusedInTime(id: string, name: 'ana' | 'ben'): Promise<void> {
  const { expires_at } = await inLedger(stage, id);
  expect(await untilRefused(stage, name, 'orders_read', expires_at)).toBeLessThan(BOUND_MS);
}

test('PUBLIC can’t connect to the ledger’s database any more; Hallpass’s own login can', async () => {
  await ledger.query("create role passer_by login password 'x'");
  const url = ledger.urlFor({ user: 'passer_by', password: 'x', database: 'hallpass' });
  await expect(runSql(url, 'select 1')).rejects.toThrow(/permission denied for database/);
  await expect(runSql(stage.env.DATABASE_URL ?? '', 'create temporary table t ()')).rejects.toThrow(
    /permission denied to create temporary tables/,
  );
});

test('a login with nothing but CONNECT holds every advisory lock: Hallpass starts, is asked, grants and revokes', async () => {
  await ledger.query("create role intruder login password 'x'");
  await ledger.query('grant connect on database hallpass to intruder');
  await hallpass.stop();
  const intruder = await openSession(
    ledger.urlFor({ user: 'intruder', password: 'x', database: 'hallpass' }),
  );
  const locks = [
    ...LEASES.map((name) => `${0x48505357}, hashtext('${name}')`),
    '7241865325823964',
    "hashtext('hallpass grants')",
    "hashtextextended('bullmq', 0)",
    "1112886348, hashtext('bullmq')",
    "hashtext('bullmq:finalization'), hashtext('hallpass-alarms')",
    "hashtext('bullmq:jidseq:hallpass-alarms')",
    ...Object.values(CAST).map((who) => `hashtextextended('hallpass requests of ${who}', 0)`),
  ];
  for (const key of locks) await intruder.query(`select pg_advisory_lock(${key})`);

  hallpass = await stage.startHallpass();
  const { id } = await obtain(stage, 'ana', { role: 'orders_read', ...SHORT });
  await expectRefusedInTime(id, 'ana');

  await obtain(stage, 'ben', { role: 'orders_read', duration: '15 minutes' });
  await untilAllSent(stage);
  await server.stop();
  await runSql(
    stage.ledgerUrl,
    "update requests set expires_at = now() - interval '58 s' where state = 'active'",
  );
  await operatorsHear(stage, /^Overdue: 1 revocation on Shop/m);
  await server.start();
  await untilRefused(stage, 'ben', 'orders_read', new Date());
});

test('somebody renews the leases forever and does nothing: granted, revoked and told all the same', async () => {
  const impostor = await openSession(stage.env.DATABASE_URL ?? '');
  let over = false;
  const renew = async () => {
    while (!over) {
      await impostor.query(
        `insert into leases select name, 'impostor', now() + interval '10 s' from unnest($1::text[]) as name
           on conflict (name) do update set holder = excluded.holder, until = excluded.until`,
        [LEASES],
      );
      await sleep(20);
    }
  };
  const renewing = renew();
  onTestFinished(async () => {
    over = true;
    await renewing;
  });
  await expectRefusedInTime(await obtainInTime('ana', '20s'), 'ana');

  await obtainInTime('ben', '15m');
  await untilAllSent(stage);
  await server.stop();
  await runSql(
    stage.ledgerUrl,
    "update requests set expires_at = now() - interval '58 s' where state = 'active'",
  );
  await operatorsHear(stage, /^Overdue: 1 revocation on Shop/m);
  await server.start();
  await untilRefused(stage, 'ben', 'orders_read', new Date());
});

test('somebody locks the rows of the leases, and of who asks: asked, granted and revoked all the same', async () => {
  await waitFor(
    async () =>
      (await runSql(stage.ledgerUrl, 'select from leases where name = any($1)', [LEASES])).length === 2,
    {
      what: 'the leases to be there',
    },
  );
  const locker = await openSession(stage.env.DATABASE_URL ?? '');
  await locker.query('begin');
  await locker.query('select from leases for update');
  await locker.query('select from askers for update');
  await expectRefusedInTime(await obtainInTime('ana', '20s'), 'ana');
});
