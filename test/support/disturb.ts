/** What tests do to processes, sessions and tables, and the moments they wait for. */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { onTestFinished } from 'vitest';
import type { Cluster } from '../../sandbox/postgres/cluster.js';
import { freePort } from '../../sandbox/postgres/free-port.js';
import { HALLPASS } from '../../sandbox/postgres/samples.js';
import type { HallpassProcess } from '../../sandbox/stage/process.js';
import type { Stage } from '../../sandbox/stage/stage.js';

/** Starts another process beside the one that runs, until the end of the test. */
export async function startSecond(stage: Stage): Promise<HallpassProcess> {
  const second = await stage.startHallpass({ OPS_PORT: String(await freePort()) });
  onTestFinished(() => second.kill());
  return second;
}

/** Ends all sessions of this login (pg_terminate_backend). */
export async function endSessions(server: Cluster, user: string): Promise<void> {
  await server.query('select pg_terminate_backend(pid, 5000) from pg_stat_activity where usename = $1', [
    user,
  ]);
}

/** Keeps others from writing to a table until `release` or the end of the test. They can still read it. */
export async function holdTable(url: string, table: string): Promise<{ release(): Promise<void> }> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  await client.query('begin');
  await client.query(`lock table ${table} in share row exclusive mode`);
  const release = () => client.end().catch(() => undefined);
  onTestFinished(release);
  return { release };
}

/** Whether a statement of Hallpass's waits for a lock on the target. */
export async function waitsForLock({ server }: Stage): Promise<boolean> {
  const waiting = await server.query(
    `select from pg_stat_activity where usename = $1 and wait_event_type = 'Lock'`,
    [HALLPASS],
  );
  return waiting.length > 0;
}

/** Stops the process where it is (SIGSTOP), until `thaw` or the end of the test. */
export function freeze(pid: number | null | undefined): { thaw(): void } {
  const signal = (name: NodeJS.Signals) => {
    if (typeof pid === 'number' && isAlive(pid)) process.kill(pid, name);
  };
  const thaw = () => signal('SIGCONT');
  onTestFinished(thaw);
  signal('SIGSTOP');
  return { thaw };
}

export function isAlive(pid: number | undefined): boolean {
  try {
    return pid !== undefined && process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Resolves when this moment has passed, by the clock that the ledger's server shares with us. */
export async function untilPast(moment: Date | null): Promise<void> {
  if (moment === null) throw new Error('there is no such moment');
  await sleep(Math.max(0, moment.getTime() - Date.now()) + 1);
}
