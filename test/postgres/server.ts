import { afterAll, beforeAll } from 'vitest';
import { type Cluster, startCluster } from '../../sandbox/postgres/cluster.js';
import { runSql } from '../../sandbox/postgres/server-access.js';
import type { Connect, TargetConfig } from '../../src/config/config.js';
import { createDirectTarget } from '../../src/postgres/direct/direct.js';
import { createGuardedTarget } from '../../src/postgres/guarded/guarded.js';
import { DATABASE } from '../../src/postgres/guarded/names.js';
import { quoteName } from '../../src/postgres/quote.js';
import type { OidPair, Target, ToGrant } from '../../src/postgres/target.js';
import type { Major } from '../support/majors.js';
import { waitFor } from '../support/wait-for.js';
import { installGuarded } from './guarded/install.js';

const PASSWORD = 'pass word';

/** A server with a login for Hallpass, on which tests make roles and logins, and look from outside. */
export class TestServer {
  readonly cluster: Cluster;
  /** How Hallpass connects. */
  readonly connect: Connect;
  readonly id: string;
  readonly version: number;
  readonly mode: TargetConfig['mode'];
  #names = 0;
  #requests = 0;

  constructor(cluster: Cluster, id: string, version: number, mode: TargetConfig['mode']) {
    this.cluster = cluster;
    this.id = id;
    this.version = version;
    this.mode = mode;
    this.connect = {
      host: cluster.host,
      port: cluster.port,
      database: mode === 'guarded' ? DATABASE : cluster.database,
      user: 'hallpass',
      password: PASSWORD,
      passwordFile: null,
      tls: 'off',
      ca: null,
      cert: null,
      key: null,
      iam: null,
      ssh: null,
    };
  }

  /** Who grants what is granted here. */
  get grantor(): string {
    return this.mode === 'guarded' ? 'hallpass_owner' : 'hallpass';
  }

  /** The target in its mode; to be closed. */
  open(at: Partial<Connect> = {}): Target {
    const connect = { ...this.connect, ...at };
    return this.mode === 'guarded' ? createGuardedTarget(connect) : createDirectTarget(connect);
  }

  get grantorsCount(): boolean {
    return this.version >= 160_000;
  }

  sql(text: string, params: readonly unknown[] = []): Promise<Record<string, unknown>[]> {
    return this.cluster.query(text, params);
  }

  /** Runs one statement as this login. */
  as(login: string, text: string): Promise<Record<string, unknown>[]> {
    return runSql(this.cluster.urlFor({ user: login, password: PASSWORD }), text);
  }

  /** A role that Hallpass may grant, and that may read the table of its own. */
  async role(name = this.#name('role')): Promise<string> {
    await this.sql(`CREATE ROLE ${quoteName(name)}`);
    await this.sql(`CREATE TABLE ${quoteName(name)} (n int)`);
    await this.sql(`GRANT SELECT ON ${quoteName(name)} TO ${quoteName(name)}`);
    const how = this.grantorsCount ? 'ADMIN TRUE, INHERIT FALSE, SET FALSE' : 'ADMIN OPTION';
    await this.sql(`GRANT ${quoteName(name)} TO ${this.grantor} WITH ${how}`);
    return name;
  }

  async login(name = this.#name('login')): Promise<string> {
    await this.sql(`CREATE ROLE ${quoteName(name)} LOGIN PASSWORD '${PASSWORD}'`);
    if (this.mode === 'guarded') await this.sql(`GRANT hallpass_people TO ${quoteName(name)}`);
    return name;
  }

  async pair(role: string, login: string): Promise<OidPair> {
    const [row] = await this.sql(
      'SELECT r.oid AS role, u.oid AS login FROM pg_roles r, pg_roles u WHERE r.rolname = $1 AND u.rolname = $2',
      [role, login],
    );
    return { roleOid: Number(row?.role), memberOid: Number(row?.login) };
  }

  /** A new request for an hour. */
  wish({ roleOid, memberOid }: OidPair, more: Partial<ToGrant> = {}): ToGrant {
    this.#requests += 1;
    return { roleOid, memberOid, requestId: this.#requests, durationMs: 3_600_000, setRole: false, ...more };
  }

  /** Grants for the test's sake. */
  async granted(target: Target, role: string, login: string): Promise<OidPair> {
    const pair = await this.pair(role, login);
    const [answer] = await target.grant(this.id, [this.wish(pair)]);
    if (answer?.outcome !== 'granted')
      throw new Error(`${role} was not granted to ${login}: ${answer?.outcome}`);
    return pair;
  }

  /** Can this login read the table of this role (made under the name `table`)? Asked as the login itself. */
  async canRead(login: string, table: string): Promise<boolean> {
    try {
      await this.as(login, `SELECT * FROM ${quoteName(table)}`);
      return true;
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === '42501') return false;
      throw error;
    }
  }

  /** The grantors of the memberships of a pair. */
  async grantors(pair: OidPair): Promise<unknown[]> {
    const rows = await this.sql(
      'SELECT pg_get_userbyid(grantor) AS name FROM pg_auth_members WHERE roleid = $1 AND member = $2 ORDER BY 1',
      [pair.roleOid, pair.memberOid],
    );
    return rows.map((row) => row.name);
  }

  /** Resolves once a session of Hallpass waits for a lock. */
  async hallpassWaits(): Promise<void> {
    await waitFor(
      async () =>
        (
          await this.sql(
            "SELECT FROM pg_stat_activity WHERE usename = 'hallpass' AND wait_event_type = 'Lock'",
          )
        ).length > 0,
      { what: 'Hallpass to wait for a lock' },
    );
  }

  #name(prefix: string): string {
    this.#names += 1;
    return `${prefix}_${this.#names}`;
  }
}

/** For the top of a `describe`: the server lasts as long as its tests. */
export function useServer(
  major: Major,
  settings: Readonly<Record<string, string>> = {},
  mode: TargetConfig['mode'] = 'direct',
): { readonly server: TestServer } {
  let server: TestServer | null = null;
  beforeAll(async () => {
    const cluster = await startCluster({
      name: `target ${major.major}`,
      binaries: major.binaries,
      settings,
    });
    await cluster.query(`CREATE ROLE hallpass LOGIN NOINHERIT PASSWORD '${PASSWORD}'`);
    if (mode === 'guarded') await installGuarded(cluster);
    const [row] = await cluster.query<{ id: string; version: string }>(
      "SELECT system_identifier::text AS id, current_setting('server_version_num') AS version FROM pg_control_system()",
    );
    server = new TestServer(cluster, String(row?.id), Number(row?.version), mode);
  });
  afterAll(() => server?.cluster.close());
  return {
    get server() {
      if (server === null) throw new Error('the server is there only while tests run');
      return server;
    },
  };
}
