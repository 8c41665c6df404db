/**
 * Everything that Hallpass lives among, on this machine: a Slack workspace, a PagerDuty, a Postgres server with a
 * sample database and the ledger; and Hallpass itself, the real build, as a process that can be killed.
 */
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type PagerDuty, startPagerDuty } from '../pagerduty/pagerduty.js';
import { type Cluster, type ClusterOptions, startCluster } from '../postgres/cluster.js';
import { createFolder, removeFolder } from '../postgres/folders.js';
import { freePort } from '../postgres/free-port.js';
import { buildSamples, type Samples } from '../postgres/samples.js';
import { runSql, type ServerAddress } from '../postgres/server-access.js';
import { type Slack, startSlack } from '../slack/index.js';
import { ON_CALL, WORKSPACE } from './cast.js';
import { runCommand } from './command.js';
import { type Address, configuration } from './configuration.js';
import { type HallpassCommand, type HallpassProcess, startHallpass } from './process.js';
import { buildVault, vaultUrl } from './vault.js';

export interface StageOptions {
  /** `dist/cli.js` */
  readonly cli: string;
  readonly transport?: 'socket' | 'http';
  /** Without it, alarms are kept in the ledger's server. */
  readonly redisUrl?: string;
  /** Gives the ledger a server of its own, so that either server can be stopped alone; default false. */
  readonly ledgerApart?: boolean;
  /** Grants one more role on the shop, `orders_admin`; default false. */
  readonly ordersAdmin?: boolean;
  /** Adds a second target, a guarded one on a server of its own; default false. */
  readonly vault?: boolean;
  /** Puts something between Hallpass and a target's server; default: nothing. @returns where Hallpass finds it */
  readonly between?: (target: 'shop' | 'vault', server: ServerAddress) => Promise<Address>;
  /** Which Postgres all its servers are, and how they keep their data: by default without fsync, and in little memory. */
  readonly servers?: Pick<ClusterOptions, 'binaries' | 'fsync' | 'settings'>;
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
  /** The server of the guarded target; null without it. */
  readonly vault: Cluster | null;
  readonly samples: Samples;
  /** The ledger as its owner. */
  readonly ledgerUrl: string;
  readonly env: Readonly<Record<string, string>> & { readonly OPS_PORT: string };
  /**
   * Starts Hallpass (again) and waits until it is ready.
   * @param changes what is different in its environment; a second one needs an OPS_PORT of its own.
   */
  startHallpass(
    changes?: Readonly<Record<string, string>>,
    command?: HallpassCommand,
  ): Promise<HallpassProcess>;
  /** Runs another command of Hallpass to its end. @returns what it printed */
  run(...args: readonly string[]): Promise<string>;
  /** Runs SQL as one of the sample logins, on a connection of its own; only Ana has a login on the vault. */
  sqlAs(login: keyof Samples['people'], sql: string, on?: 'shop' | 'vault'): Promise<unknown[]>;
  /** Ends everything and leaves nothing behind. */
  close(): Promise<void>;
}

export async function startStage(options: StageOptions): Promise<Stage> {
  const folder = createFolder(null, 'stage');
  const [slack, pagerduty, server, apart, vault] = await Promise.all([
    startSlack(WORKSPACE),
    startPagerDuty(),
    startCluster({ ...options.servers, name: 'stage' }),
    options.ledgerApart ? startCluster({ ...options.servers, name: 'ledger' }) : null,
    options.vault ? startCluster({ ...options.servers, name: 'vault' }) : null,
  ]);
  const ledger = apart ?? server;
  const [samples, urls] = await Promise.all([buildSamples(server, options), createLedger(ledger)]);
  putOnCall(pagerduty);

  const config = join(folder, 'hallpass.yaml');
  const { between = async (_, address) => address } = options;
  const written = configuration(await between('shop', server), {
    ordersAdmin: options.ordersAdmin === true,
    vault: vault && (await between('vault', vault)),
  });
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
    PAGERDUTY_EVENTS_ROUTING_KEY: pagerduty.routingKey,
    PAGERDUTY_EVENTS_API_URL: pagerduty.url,
    HALLPASS_CONFIG: config,
    SHOP_PASSWORD: samples.hallpass.password,
    VAULT_PASSWORD: randomBytes(12).toString('base64url'),
    OPS_PORT: String(await freePort()),
    LOG_LEVEL: 'info',
  };
  if (options.transport === 'http') slack.deliverByHttp(`http://127.0.0.1:${port}/slack/events`);

  const run = (...args: readonly string[]) => runCommand(options.cli, args, env);
  if (vault !== null) await buildVault(vault, samples, env.VAULT_PASSWORD, run);

  const started = new Set<HallpassProcess>();
  return {
    slack,
    pagerduty,
    server,
    ledger,
    vault,
    samples,
    ledgerUrl: urls.ownerUrl,
    env,
    async startHallpass(changes = {}, command = 'serve') {
      const changed = { ...env, ...changes };
      const hallpass = await startHallpass(
        options.cli,
        changed,
        options.onLine ?? (() => undefined),
        command,
      );
      started.add(hallpass);
      return hallpass;
    },
    run,
    sqlAs: (login, sql, on = 'shop') => {
      const person = samples.people[login];
      return runSql(on === 'vault' ? vaultUrl(vault, person) : person.url, sql);
    },
    async close() {
      await Promise.all([...started].map((hallpass) => hallpass.stop()));
      await Promise.all([slack.close(), pagerduty.close(), server.close(), apart?.close(), vault?.close()]);
      removeFolder(folder);
    },
  };
}

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
