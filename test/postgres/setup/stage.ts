import pg from 'pg';
import { afterAll, beforeAll } from 'vitest';
import { type Cluster, startCluster } from '../../../sandbox/postgres/cluster.js';
import { quoteName } from '../../../src/postgres/quote.js';
import { type SetupWish, setupSteps } from '../../../src/postgres/setup/command.js';
import { quoteText } from '../../../src/postgres/setup/script.js';
import type { SetupTarget } from '../../../src/postgres/setup/server.js';
import type { Major } from '../../support/majors.js';

export const PASSWORD = 'pass word';

/** Names that must mean themselves everywhere: in a statement, a string, a comment and a DO block. */
export const HOSTILE = {
  role: `r"ead'; DROP ROLE ana; --%s$hallpass$\n\\gexec :x`,
  schema: `${'é'.repeat(25)} "s'\\; --\r\n$1`,
  login: `mi"a'); --\nDROP ROLE ana; é`,
  database: `sh"op's \\ =x%I`,
};

export interface Admin {
  readonly user: string;
  readonly password: string;
}

/** One server with an administrator of a cloud beside its superuser, a shop, and a person. */
export class Stage {
  readonly cluster: Cluster;
  readonly version: number;
  readonly superuser: Admin;
  /** No superuser: CREATEROLE, CREATEDB, owner of the databases and tables, with ADMIN on what it passes on. */
  readonly cloudAdmin: Admin = { user: 'cloud_admin', password: PASSWORD };

  constructor(cluster: Cluster, version: number) {
    this.cluster = cluster;
    this.version = version;
    this.superuser = { user: cluster.user, password: cluster.password };
  }

  target(over: Partial<SetupTarget> & { grants?: readonly string[] } = {}): SetupTarget {
    const { grants = [], ...rest } = over;
    return {
      key: 'shop-prod',
      kind: 'self-managed',
      mode: 'direct',
      connect: { user: 'hallpass', database: 'shop', iam: null },
      roles: new Map(grants.map((role) => [role, { role }])),
      discover: [],
      ...rest,
    };
  }

  /** Sends the statements as this login, all at once; answers the rows of a single one, and the server's warnings. */
  async send(
    admin: Admin,
    database: string,
    sql: string,
  ): Promise<{ readonly rows: readonly unknown[]; readonly warnings: readonly string[] }> {
    const { host, port } = this.cluster;
    const client = new pg.Client({ host, port, ...admin, database });
    const warnings: string[] = [];
    client.on('notice', ({ severity, message, hint }) => {
      if (severity === 'WARNING') warnings.push([message, hint].filter(Boolean).join(' | '));
    });
    await client.connect();
    try {
      const { rows } = await client.query<Record<string, unknown>>(sql);
      return { rows, warnings };
    } finally {
      await client.end();
    }
  }

  /** Runs a script as its reader would; answers its warnings. */
  async run(admin: Admin, target: SetupTarget, wish: SetupWish): Promise<readonly string[]> {
    const warnings: string[] = [];
    for (const { database, sql, when } of setupSteps(target, this.version, wish)) {
      if (when !== null && (await this.cluster.query(when)).length === 0) continue;
      warnings.push(...(await this.send(admin, database, sql)).warnings);
    }
    return warnings;
  }

  /** As this login, with the tests' password; SQLSTATE when it is refused. */
  async as(login: string, sql: string, database = 'shop'): Promise<string> {
    try {
      await this.send({ user: login, password: PASSWORD }, database, sql);
      return 'ok';
    } catch (error) {
      if (error instanceof pg.DatabaseError) return error.code ?? 'no code';
      throw error;
    }
  }

  async setPassword(login: string): Promise<void> {
    await this.cluster.query(`ALTER ROLE ${quoteName(login)} PASSWORD ${quoteText(PASSWORD)}`);
  }

  /** All that a script may change, as privileges that hold: an ACL that only spells out the default is the default. */
  async catalog(): Promise<Record<string, readonly unknown[]>> {
    const seen: Record<string, readonly unknown[]> = {};
    for (const [what, sql] of Object.entries(SHARED)) seen[what] = await this.cluster.query(sql);
    for (const database of ['postgres', 'shop', HOSTILE.database]) {
      for (const [what, sql] of Object.entries(OF_EACH)) {
        seen[`${what} in ${database}`] = (await this.send(this.superuser, database, sql)).rows;
      }
    }
    return seen;
  }
}

const SHARED = {
  roles: 'SELECT to_jsonb(r) - $$oid$$ AS role FROM pg_roles r ORDER BY rolname',
  memberships: `SELECT to_jsonb(m) - '{oid,roleid,member,grantor}'::text[] AS options, pg_get_userbyid(roleid) AS role,
                       pg_get_userbyid(member) AS member, pg_get_userbyid(grantor) AS grantor
                  FROM pg_auth_members m ORDER BY 2, 3, 4`,
  databases: `SELECT datname, a.* FROM pg_database, aclexplode(coalesce(datacl, acldefault('d', datdba))) a
               ORDER BY datname, grantee, privilege_type`,
  comments: 'SELECT count(*) FROM pg_shdescription',
};
const OF_EACH = {
  schemas: `SELECT nspname, a.* FROM pg_namespace, aclexplode(coalesce(nspacl, acldefault('n', nspowner))) a
             ORDER BY nspname, grantee, privilege_type`,
  relations: `SELECT relname, a.* FROM pg_class,
                     aclexplode(coalesce(relacl, acldefault(CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", relowner))) a
               WHERE oid >= 16384 AND relkind <> 'i' ORDER BY relname, grantee, privilege_type`,
  defaults:
    'SELECT defaclrole, defaclnamespace, defaclobjtype, defaclacl::text FROM pg_default_acl ORDER BY 1, 2, 3',
};

const build = (schema: string, owner: string): string => `
CREATE SCHEMA ${quoteName(schema)} AUTHORIZATION ${quoteName(owner)};
SET ROLE ${quoteName(owner)};
CREATE TABLE ${quoteName(schema)}.orders (id bigserial PRIMARY KEY, n int);
INSERT INTO ${quoteName(schema)}.orders (n) VALUES (1);
RESET ROLE;`;

/** For the top of a `describe`: the server lasts as long as its tests. */
export function useStage(major: Major): { readonly stage: Stage } {
  let stage: Stage | null = null;
  beforeAll(async () => {
    const cluster = await startCluster({ name: `setup ${major.major}`, binaries: major.binaries });
    const [row] = await cluster.query<{ version: number }>(
      "SELECT current_setting('server_version_num')::int AS version",
    );
    const version = Number(row?.version);
    const pass = version >= 160_000 ? ' WITH ADMIN TRUE, INHERIT FALSE, SET FALSE' : ' WITH ADMIN OPTION';
    const made = new Stage(cluster, version);
    await cluster.query(`
      CREATE ROLE cloud_admin LOGIN CREATEROLE CREATEDB PASSWORD '${PASSWORD}';
      GRANT pg_signal_backend, pg_read_all_stats, pg_monitor TO cloud_admin${pass};
      CREATE ROLE ana LOGIN PASSWORD '${PASSWORD}'`);
    for (const database of ['shop', HOSTILE.database]) {
      await cluster.query(`CREATE DATABASE ${quoteName(database)} OWNER cloud_admin`);
      for (const schema of ['orders', HOSTILE.schema]) {
        await made.send(made.superuser, database, build(schema, 'cloud_admin'));
      }
    }
    stage = made;
  });
  afterAll(() => stage?.cluster.close());
  return {
    get stage() {
      if (stage === null) throw new Error('the stage is there only while tests run');
      return stage;
    },
  };
}
