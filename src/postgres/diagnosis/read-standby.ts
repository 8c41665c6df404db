/** Is a standby one of this target, and does it replay what its primary commits? */
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { TargetConnection } from '../connect.js';
import { readRun } from '../known-server.js';

/** How long a standby may take to replay what its primary has committed, and how often it is asked, milliseconds. */
const PATIENCE_MS = 2_000;
const LOOK_EVERY_MS = 50;

export interface StandbySeen {
  readonly server: string;
  /** As in ServerIdentity. */
  readonly startedAt: number;
  readonly inRecovery: boolean;
  /** null: it replayed everything; else why not, as far as is known. */
  readonly behind: Behind | null;
}

type Behind =
  /** `since`: when what it replayed last was committed, in the server's own writing; null when it replayed nothing. */
  | { readonly what: 'lag'; readonly bytes: number; readonly since: string | null }
  /** The server doesn't tell: some providers don't replicate by WAL. */
  | { readonly what: 'unknown' };

const walRow = z.object({ lsn: z.string().nullable() });

/** Where the primary's WAL ends; null on a standby, and where the server doesn't tell. */
export async function readWalEnd(primary: TargetConnection): Promise<string | null> {
  const sql = 'SELECT CASE WHEN NOT pg_is_in_recovery() THEN pg_current_wal_lsn() END::text AS lsn';
  const rows = await primary.read((send) => send(walRow, sql)).catch(() => []);
  return rows[0]?.lsn ?? null;
}

const lagRow = z.object({ bytes: z.number().nullable(), since: z.string().nullable() });
const LAG = `
SELECT pg_wal_lsn_diff($1::pg_lsn, pg_last_wal_replay_lsn())::float8 AS bytes,
       pg_last_xact_replay_timestamp()::text AS since`;

/**
 * @param walEnd where the primary's WAL ended a moment ago: replaying up to it is the proof that the standby follows.
 * @throws TargetError when it can't be reached.
 */
export async function readStandby(standby: TargetConnection, walEnd: string | null): Promise<StandbySeen> {
  const { id: server, standby: inRecovery, startedAt } = await standby.read(readRun);
  const behind: Behind | null =
    inRecovery && walEnd !== null ? await follow(standby, walEnd) : { what: 'unknown' };
  return { server, inRecovery, startedAt, behind };
}

async function follow(standby: TargetConnection, walEnd: string): Promise<Behind | null> {
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    const [lag] = await standby.read((send) => send(lagRow, LAG, [walEnd])).catch(() => []);
    if (lag === undefined || lag.bytes === null) return { what: 'unknown' };
    if (lag.bytes <= 0) return null;
    if (performance.now() > until) return { what: 'lag', bytes: lag.bytes, since: lag.since };
    await sleep(LOOK_EVERY_MS);
  }
}
