/** A stage on which Hallpass dies at the line that a test names, and the next one is started. */
import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { afterAll, onTestFinished } from 'vitest';
import { freePort } from '../../sandbox/postgres/free-port.js';
import { runSql } from '../../sandbox/postgres/server-access.js';
import type { HallpassProcess } from '../../sandbox/stage/process.js';
import {
  expectSettled,
  isAlive,
  type LoggedStage,
  type Login,
  openStage,
  PATIENCE_MS,
} from '../flows/crash-stage.js';
import { startRedis } from '../support/redis.js';
import { waitFor } from '../support/wait-for.js';

const LOADER = pathToFileURL(join(import.meta.dirname, 'loader.mjs')).href;

export type Backend = 'Postgres' | 'Redis';

export interface CrashStage extends LoggedStage {
  /** The process that runs now. */
  hallpass(): HallpassProcess;
  /** From now on: whoever reaches this line dies there, or is stopped. */
  arm(point: string, signal?: 'SIGKILL' | 'SIGSTOP'): void;
  /** Resolves when the process has died at the line that was armed. */
  untilKilled(): Promise<void>;
  /** Resolves when somebody has reached the line that was armed. */
  untilReached(): Promise<void>;
  /** Starts the next process. Leases of the dead one have run out by then, as they have 15 s later; or they have not. */
  restart(leases?: 'run out' | 'last'): Promise<void>;
  /** Ends a test: somebody runs, and all is ended and told; also after one that failed, so that the next can begin. */
  tidy(failed: boolean): Promise<void>;
  /** Another process beside it, in which no point is armed; ends with the test. */
  startSecond(): Promise<HallpassProcess>;
}

/** To be called at the top of a file, or of a `describe`. Hallpass runs when it resolves. */
export async function openCrashStage(backend: Backend): Promise<CrashStage> {
  const redis = backend === 'Redis' ? await startRedis() : null;
  afterAll(() => redis?.stop());
  const stage = await openStage({ vault: true, ...(redis === null ? {} : { redisUrl: redis.url }) });
  const folder = mkdtempSync(join(tmpdir(), 'hallpass-crash-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const armed = join(folder, 'armed');
  const mined = { NODE_OPTIONS: `--import=${LOADER}`, HALLPASS_CRASH_FILE: armed };
  let hallpass = await stage.startHallpass(mined);

  const restart: CrashStage['restart'] = async (leases = 'run out') => {
    stage.slack.faults.clear();
    stage.pagerduty.faults.clear();
    if (leases === 'run out') {
      for (const table of ['deliveries', 'pages']) {
        await runSql(stage.ledgerUrl, `update ${table} set lease_until = now() where lease_until > now()`);
      }
    }
    hallpass = await stage.startHallpass(mined);
  };
  const untilReached = async () => {
    await waitFor(() => !existsSync(armed), {
      what: 'the crash point to be reached',
      timeoutMs: PATIENCE_MS,
    });
  };

  return {
    ...stage,
    hallpass: () => hallpass,
    arm(point, signal = 'SIGKILL') {
      // At once and whole: it may be read at any moment.
      writeFileSync(`${armed}.new`, `${point} ${signal}`);
      renameSync(`${armed}.new`, armed);
    },
    untilReached,
    async untilKilled() {
      await untilReached();
      await waitFor(() => !isAlive(hallpass.pid), { what: 'Hallpass to be dead' });
    },
    restart,
    async tidy(failed) {
      rmSync(armed, { force: true });
      if (!isAlive(hallpass.pid)) await restart();
      if (failed) {
        await runSql(
          stage.ledgerUrl,
          'update requests set pending_until = now(), expires_at = least(expires_at, now()) where ended_at is null',
        );
      }
      await expectSettled(stage);
    },
    async startSecond() {
      const second = await stage.startHallpass({ OPS_PORT: String(await freePort()) });
      onTestFinished(() => second.kill());
      return second;
    },
  };
}

export interface OpenTransaction {
  /** The server has ended the session. */
  isEnded(): boolean;
}

/** A session of this login with a transaction that began while it had the role, and goes on. */
export async function openTransaction(stage: LoggedStage, login: Login): Promise<OpenTransaction> {
  const client = new pg.Client({ connectionString: stage.samples.people[login].url });
  let ended = false;
  client.on('error', () => undefined);
  client.on('end', () => {
    ended = true;
  });
  await client.connect();
  onTestFinished(() => client.end().catch(() => undefined));
  await client.query('begin');
  await client.query('select now()');
  return { isEnded: () => ended };
}
