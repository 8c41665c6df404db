/**
 * Ten thousand grants on each of two servers, all due at one moment: one server is a target of a Hallpass, with a ledger and
 * a Slack of its own, so that nothing of it is left in the story; the other belongs to a worker with one job a grant.
 */
import { createPostgresBackend, withBackend } from 'bullmq';
import { byAddress, CROWD, joinSlack } from '../../../herd/crowd.js';
import { type HerdTarget, openHerdTarget, prepareTarget } from '../../../herd/herd-target.js';
import { startNaive } from '../../../herd/naive.js';
import { grantHerd, settled } from '../../../herd/requests.js';
import { startCluster } from '../../../postgres/cluster.js';
import { HALLPASS, SHOP } from '../../../postgres/samples.js';
import { runSql } from '../../../postgres/server-access.js';
import { Backstage } from '../../../stage/backstage.js';
import { startStage } from '../../../stage/stage.js';

export interface Herds {
  readonly backstage: Backstage;
  readonly hallpass: HerdTarget;
  readonly naive: HerdTarget;
  /** The database that keeps the worker's jobs. */
  readonly jobsUrl: string;
  /** When all of them are due, milliseconds since 1970. */
  readonly due: number;
  close(): Promise<void>;
}

export interface HerdsOptions {
  /** `dist/cli.js` */
  readonly cli: string;
  /** Hears what is being done, and how much of it (0 to 1). */
  readonly onProgress: (what: string, share: number) => void;
  /** Makes it stop at the next step. */
  readonly signal: AbortSignal;
}

/** Both write to disk, as production's servers do. */
const SERVERS = { fsync: true, settings: { shared_buffers: '128MB', max_wal_size: '2GB' } };

const ROLE = 'orders_read';
/** While they are made, nothing is due. */
const FAR_MS = 3_600_000;
/** From the moment when all is ready until they are due. */
const AHEAD_MS = 12_000;

/** @throws what went wrong, or the signal's reason, with nothing left behind */
export async function prepareHerds({ cli, onProgress, signal }: HerdsOptions): Promise<Herds> {
  const opened: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (let end = opened.pop(); end !== undefined; end = opened.pop()) await end();
  };
  const step = (what: string, share: number) => {
    signal.throwIfAborted();
    onProgress(what, share);
  };
  try {
    step('Starting two servers', 0);
    const stage = await startStage({ cli, servers: SERVERS, configure: byAddress });
    opened.push(() => stage.close());
    const alone = await startCluster({ ...SERVERS, name: 'naive' });
    opened.push(() => alone.close());
    const { hallpass: login } = stage.samples;
    await prepareTarget(alone, ROLE, login);
    joinSlack(stage.slack);
    step('Creating 10,000 logins on each', 0.1);
    const open = (key: string, cluster: typeof alone, database: string) =>
      openHerdTarget(key, cluster, {
        role: ROLE,
        grantor: HALLPASS,
        url: cluster.urlFor({ user: login.user, password: login.password, database }),
      });
    const [hallpass, naive] = await Promise.all([
      open('shop', stage.server, SHOP),
      open('naive', alone, 'postgres'),
      stage.run('migrate'),
    ]);
    const ledger = {
      sql: <Row extends object>(text: string, values?: readonly unknown[]) =>
        runSql<Row>(stage.ledgerUrl, text, values),
    };
    const granting = (of: number) => (granted: number) =>
      step('Granting', 0.3 + 0.2 * (of + granted / CROWD));
    step('Granting', 0.3);
    const herd = await grantHerd(ledger, [hallpass], CROWD, granting(0));
    await naive.grantAll(granting(1));
    step('Starting Hallpass', 0.7);
    const backstage = new Backstage(stage);
    await backstage.start();
    await settled(ledger, [hallpass]);
    step('Adding 10,000 jobs for the worker', 0.8);
    await alone.query('create database jobs');
    const jobsUrl = alone.urlFor({ database: 'jobs' });
    let due = Date.now() + FAR_MS;
    const end = await startNaive(
      naive,
      {
        backend: createPostgresBackend,
        connection: { connectionString: jobsUrl, migrate: true },
        name: 'naive',
        concurrency: 10,
        due,
        // All of it is ready, however long that took: from here on both know the moment.
        added: async () => {
          due = await herd.endIn(AHEAD_MS);
          await ring(stage.ledgerUrl, hallpass.key);
          await runSql(jobsUrl, 'update bullmq.job set process_at_ms = $1', [due]);
        },
      },
      (added) => step('Adding 10,000 jobs for the worker', 0.8 + (0.2 * added) / CROWD),
    );
    opened.push(end);
    return { backstage, hallpass, naive, jobsUrl, due, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Has Hallpass look at the target now: it hears of the new end as it does after a command. */
async function ring(ledgerUrl: string, target: string): Promise<void> {
  const { Queue } = withBackend(createPostgresBackend);
  const alarms = new Queue('hallpass-alarms', { connection: { connectionString: ledgerUrl } });
  await alarms.add('look', { target }, { removeOnComplete: true, removeOnFail: true });
  await alarms.close();
}
