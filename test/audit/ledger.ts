import pg from 'pg';
import { afterAll } from 'vitest';
import { type Verdict, verifyChain } from '../../src/access/audit/verify.js';
import { ledgerConnection, type Queryable } from '../../src/ledger/pool.js';
import { aLedger } from '../ledger/a-ledger.js';

/** A ledger, and a connection of its owner. */
export async function anAuditedLedger() {
  const ledger = await aLedger();
  const owner = new pg.Client(ledgerConnection(ledger.ownerUrl));
  await owner.connect();
  afterAll(() => owner.end());
  return { ...ledger, owner };
}

/** What `verify` says after the owner did this to the ledger; it is undone afterwards. */
export async function tampered(owner: pg.Client, ...statements: readonly string[]): Promise<Verdict> {
  await owner.query('begin');
  try {
    for (const sql of statements) await owner.query(sql);
    return await verifyChain(owner, null, null);
  } finally {
    await owner.query('rollback');
  }
}

/** So many events of no request, in one statement. */
export async function addEvents(db: Queryable, count: number): Promise<void> {
  await db.query(
    `insert into events (kind, data) select 'sample', jsonb_build_object('n', n) from generate_series(1, $1::int) n`,
    [count],
  );
}
