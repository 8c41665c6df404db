/** A stage on which Hallpass dies at the line that a test names, and the next one is started. */
import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { afterAll, afterEach, onTestFinished } from 'vitest';
import { runSql } from '../../sandbox/postgres/server-access.js';
import type { HallpassProcess } from '../../sandbox/stage/process.js';
import type { Login } from '../support/access.js';
import { isAlive } from '../support/disturb.js';
import { expectSettled } from '../support/requests.js';
import { type Backend, openStage, type TestStage } from '../support/stage.js';
import { waitFor } from '../support/wait-for.js';

const LOADER = pathToFileURL(join(import.meta.dirname, 'loader.mjs')).href;

export interface CrashStage extends TestStage {
  /** The process that runs now. */
  hallpass(): HallpassProcess;
  /** The next process that reaches this line dies there, or is stopped. */
  arm(point: string, signal?: 'SIGKILL' | 'SIGSTOP'): void;
  /** Resolves when the process has died at the line that was armed. */
  untilKilled(): Promise<void>;
  /** Resolves when a process has reached the line that was armed. */
  untilReached(): Promise<void>;
  /** Starts the next process, when leases of the dead one have run out, as they do after 15 s, or while they last. */
  restart(leases?: 'run out' | 'last'): Promise<void>;
}

/**
 * Call it at the top of a file. Hallpass runs when it resolves. After each test all requests must come to their end;
 * after one that failed they are brought there, so that the next can begin.
 */
export async function openCrashStage(backend: Backend, vault = true): Promise<CrashStage> {
  const stage = await openStage({ backend, vault });
  const folder = mkdtempSync(join(tmpdir(), 'hallpass-crash-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const armed = join(folder, 'armed');
  const mined = { NODE_OPTIONS: `--import=${LOADER}`, HALLPASS_CRASH_FILE: armed };
  let hallpass = await stage.startHallpass(mined);

  const restart: CrashStage['restart'] = async (leases = 'run out') => {
    stage.slack.faults.clear();
    stage.pagerduty.faults.clear();
    if (leases === 'run out') {
      for (const table of ['deliveries', 'pages', 'homes']) {
        await runSql(stage.ledgerUrl, `update ${table} set lease_until = now() where lease_until > now()`);
      }
    }
    hallpass = await stage.startHallpass(mined);
  };
  const untilReached = async () => {
    await waitFor(() => !existsSync(armed), {
      what: 'the crash point to be reached',
    });
  };

  afterEach(async ({ task }) => {
    rmSync(armed, { force: true });
    if (!isAlive(hallpass.pid)) await restart();
    if (task.result?.state === 'fail') {
      await runSql(
        stage.ledgerUrl,
        'update requests set pending_until = now(), expires_at = least(expires_at, now()) where ended_at is null',
      );
    }
    await expectSettled(stage);
  });

  return {
    ...stage,
    hallpass: () => hallpass,
    arm(point, signal = 'SIGKILL') {
      // A process may read the file at any moment, so it is replaced in one step.
      writeFileSync(`${armed}.new`, `${point} ${signal}`);
      renameSync(`${armed}.new`, armed);
    },
    untilReached,
    async untilKilled() {
      await untilReached();
      await waitFor(() => !isAlive(hallpass.pid), { what: 'Hallpass to be dead' });
    },
    restart,
  };
}

export interface OpenTransaction {
  /** Whether the server has ended the session. */
  isEnded(): boolean;
}

/** A session of this login with a transaction that began while it had the role, and goes on. */
export async function openTransaction(stage: TestStage, login: Login): Promise<OpenTransaction> {
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
