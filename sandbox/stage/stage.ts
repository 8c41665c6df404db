/**
 * Everything that Hallpass lives among, on this machine: a Slack workspace, a PagerDuty, a Postgres server with a
 * sample database and the ledger; and Hallpass itself, the real build, as a process that can be killed.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type PagerDuty, startPagerDuty } from '../pagerduty/pagerduty.js';
import { type Cluster, startCluster } from '../postgres/cluster.js';
import { freePort } from '../postgres/free-port.js';
import { buildSamples, HALLPASS, type Samples, SHOP } from '../postgres/samples.js';
import { runSql } from '../postgres/server-access.js';
import { type Slack, startSlack } from '../slack/index.js';
import { ON_CALL, WORKSPACE } from './cast.js';
import { configuration } from './configuration.js';
import { type HallpassProcess, startHallpass } from './process.js';

export interface StageOptions {
  /** `dist/cli.js` */
  readonly cli: string;
  readonly transport?: 'socket' | 'http';
  /** Without it, alarms are kept in the ledger's server. */
  readonly redisUrl?: string;
  /** Gives the ledger a server of its own, so that either server can be stopped alone; default false. */
  readonly ledgerApart?: boolean;
  /** Offers a role as well whose access can outlive its grant. */
  readonly repair?: boolean;
  readonly onLine?: (line: string) => void;
  /** Changes what the configuration file says. */
  readonly configure?: (yaml: string) => string;
}

export interface Stage {
  readonly slack: Slack;
  readonly pagerduty: PagerDuty;
  readonly server: Cluster;
  /** The server that holds the ledger: `server` too, unless `ledgerApart`. */
  readonly ledger: Cluster;
  readonly samples: Samples;
  /** The ledger as its owner. */
  readonly ledgerUrl: string;
  readonly env: Record<string, string> & { readonly OPS_PORT: string };
  /**
   * Starts Hallpass (again) and waits until it is ready.
   * @param changes what is different in its environment; a second one needs an OPS_PORT of its own.
   */
  startHallpass(changes?: Readonly<Record<string, string>>): Promise<HallpassProcess>;
  /** Runs SQL as one of the sample logins, on a connection of its own. */
  sqlAs(login: keyof Samples['people'], sql: string): Promise<unknown[]>;
  /** Ends everything and leaves nothing behind. */
  close(): Promise<void>;
}

export async function startStage(options: StageOptions): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'hallpass-stage-'));
  const [slack, pagerduty, server, apart] = await Promise.all([
    startSlack(WORKSPACE),
    startPagerDuty(),
    startCluster({ name: 'stage' }),
    options.ledgerApart ? startCluster({ name: 'ledger' }) : null,
  ]);
  const ledger = apart ?? server;
  const [samples, urls] = await Promise.all([buildSamples(server), createLedger(ledger)]);
  putOnCall(pagerduty);
  if (options.repair) await server.query(REPAIR, [], SHOP);

  const config = join(folder, 'hallpass.yaml');
  const written = `${configuration(server)}${options.repair ? REPAIR_ROLE : ''}`;
  await writeFile(config, options.configure?.(written) ?? written);
  const port = await freePort();
  const env = {
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_API_URL: slack.apiUrl,
    ...(options.transport === 'http'
      ? { SLACK_SIGNING_SECRET: slack.signingSecret, PORT: String(port) }
      : { SLACK_APP_TOKEN: slack.appToken }),
    DATABASE_URL: urls.appUrl,
    DATABASE_OWNER_URL: urls.ownerUrl,
    ...(options.redisUrl === undefined ? {} : { REDIS_URL: options.redisUrl }),
    PAGERDUTY_TOKEN: pagerduty.token,
    PAGERDUTY_API_URL: pagerduty.url,
    HALLPASS_CONFIG: config,
    SHOP_PASSWORD: samples.hallpass.password,
    OPS_PORT: String(await freePort()),
    LOG_LEVEL: 'info',
  };
  if (options.transport === 'http') slack.deliverByHttp(`http://127.0.0.1:${port}/slack/events`);

  const started = new Set<HallpassProcess>();
  return {
    slack,
    pagerduty,
    server,
    ledger,
    samples,
    ledgerUrl: urls.ownerUrl,
    env,
    async startHallpass(changes = {}) {
      const changed = { ...env, ...changes };
      const hallpass = await startHallpass(options.cli, changed, options.onLine ?? (() => undefined));
      started.add(hallpass);
      return hallpass;
    },
    sqlAs: (login, sql) => runSql(samples.people[login].url, sql),
    async close() {
      await Promise.all([...started].map((hallpass) => hallpass.stop()));
      await Promise.all([slack.close(), pagerduty.close(), server.close(), apart?.close()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Who may make tables in a schema keeps them when the role is gone. */
const REPAIR = `
  CREATE ROLE orders_repair;
  GRANT USAGE, CREATE ON SCHEMA orders TO orders_repair;
  GRANT SELECT, UPDATE ON ALL TABLES IN SCHEMA orders TO orders_repair;
  GRANT orders_repair TO ${HALLPASS} WITH ADMIN TRUE, INHERIT FALSE, SET FALSE`;
const REPAIR_ROLE = '      orders_repair: { policy: read, about: Repair orders }\n';

/** The ledger's database, and the lesser login that Hallpass runs with. */
async function createLedger(server: Cluster): Promise<{ ownerUrl: string; appUrl: string }> {
  const login = (user: string) => ({ user, password: randomBytes(12).toString('hex'), database: 'hallpass' });
  const [owner, app] = [login('hallpass_owner'), login('hallpass_app')];
  for (const { user, password } of [owner, app]) {
    await server.query(`create role ${user} login password '${password}'`);
  }
  await server.query(`create database hallpass owner ${owner.user}`);
  return { ownerUrl: server.urlFor(owner), appUrl: server.urlFor(app) };
}

function putOnCall(pagerduty: PagerDuty): void {
  pagerduty.addUser({ id: ON_CALL.user, name: 'Dan', email: 'dan@example.com' });
  pagerduty.addSchedule({ id: ON_CALL.schedule, name: 'Shop, primary' });
  pagerduty.addEscalationPolicy({ id: ON_CALL.policy, name: 'Shop' });
  pagerduty.setOnCall({ user: ON_CALL.user, escalationPolicy: ON_CALL.policy, schedule: ON_CALL.schedule });
}
