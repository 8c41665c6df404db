/** The guide to install Hallpass, followed to the letter: its SQL, its configuration and its commands. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Cluster, startCluster } from '../sandbox/postgres/cluster.js';
import { runSql } from '../sandbox/postgres/server-access.js';
import { type Slack, startSlack } from '../sandbox/slack/index.js';
import { spawnChild } from './support/child.js';
import { installedMajors } from './support/majors.js';

const CLI = join(import.meta.dirname, '../dist/cli.js');
const guide = await readFile(join(import.meta.dirname, '../docs/install.md'), 'utf8');

/** The fenced blocks of one language, in order. */
function blocks(language: string): string[] {
  return [...guide.matchAll(new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``, 'g'))].map((m) => m[1] ?? '');
}

/** The command by which the guide has the script of a server printed, for this major. */
function setupCommand(major: number): string[] {
  const [, command = ''] = /hallpass (setup-sql \S+ --server-version) \d+ >/.exec(guide) ?? [];
  return [...command.split(' '), String(major)];
}

/** What psql sends to the server when it is in the right database already. */
function withoutPsqlCommands(script: string): string {
  expect(script.match(/^\\.*$/gm)).toEqual(['\\set ON_ERROR_STOP on', '\\connect shop']);
  return script.replace(/^\\.*$/gm, '');
}

describe.each(installedMajors().filter(({ major }) => [15, 18].includes(major)))(
  'the guide, on Postgres $major',
  ({ major, binaries }) => {
    const [ledgerSql = ''] = blocks('sql').map((sql) => sql.replaceAll('…', 'sesame'));
    let server: Cluster;
    let slack: Slack;
    let folder: string;
    let env: Record<string, string>;

    beforeAll(async () => {
      [server, slack, folder] = await Promise.all([
        startCluster({ binaries }),
        startSlack({
          people: [
            { id: 'U0123456785', name: 'ana' },
            { id: 'U0123456786', name: 'cora' },
          ],
          channels: [
            // Where the guide has the bot invited.
            { id: 'C0123456789', name: 'db-access', members: ['U0BOT00000'] },
            { id: 'C0123456780', name: 'db-operators', members: ['U0BOT00000'] },
          ],
          groups: [{ id: 'S0123456789', handle: 'dba', members: ['U0123456785', 'U0123456786'] }],
        }),
        mkdtemp(join(tmpdir(), 'hallpass-guide-')),
      ]);
      // What stands on the reader's server before.
      for (const sql of ['create role orders_read', 'create role ana login', 'create database shop']) {
        await server.query(sql);
      }
      for (const sql of ledgerSql.split(/;.*$/m).filter((each) => each.trim() !== ''))
        await server.query(sql);

      const yaml = blocks('yaml')[0] ?? '';
      const connect = `host: 127.0.0.1, port: ${server.port},`;
      await writeFile(join(folder, 'hallpass.yaml'), yaml.replace('host: db.internal,', connect));
      const ledger = { password: 'sesame', database: 'hallpass' };
      env = {
        DATABASE_URL: server.urlFor({ ...ledger, user: 'hallpass_app' }),
        DATABASE_OWNER_URL: server.urlFor({ ...ledger, user: 'hallpass_owner' }),
        SHOP_PASSWORD: 'sesame',
        SLACK_BOT_TOKEN: slack.botToken,
        SLACK_APP_TOKEN: slack.appToken,
        SLACK_API_URL: slack.apiUrl,
        HALLPASS_CONFIG: join(folder, 'hallpass.yaml'),
      };

      // The login is not there yet, so the version is written, as the guide has it.
      const { code, said } = await hallpass(...setupCommand(major));
      expect(code).toBe(0);
      const script = withoutPsqlCommands(said);
      for (const _ of ['once', 'again']) await server.query(script, [], 'shop');
      await server.query(`alter role hallpass password 'sesame'`);
    });
    afterAll(async () => {
      await Promise.all([server.close(), slack.close(), rm(folder, { recursive: true, force: true })]);
    });

    const hallpass = async (...args: string[]) => {
      const child = spawnChild(process.execPath, [CLI, ...args], env);
      const { code } = await child.ended;
      return { code, said: child.lines.join('\n') };
    };

    it('the manifest asks for the scopes that the table explains, and no other', async () => {
      const { code, said } = await hallpass('manifest');
      expect(code).toBe(0);
      const { oauth_config } = JSON.parse(said);
      expect(oauth_config.scopes.bot).toEqual([
        'commands',
        'chat:write',
        'users:read',
        'usergroups:read',
        'im:history',
      ]);
      expect(oauth_config.scopes.bot_optional).toEqual(['im:history']);
      for (const scope of oauth_config.scopes.bot) expect(guide).toMatch(new RegExp(`\\| \`${scope}\` +\\|`));
    });

    it('migrate and check find nothing to fix', async () => {
      expect(await hallpass('migrate')).toMatchObject({ code: 0 });
      const { code, said } = await hallpass('check', '--post');
      expect(said).not.toMatch(/^(failure|note)/m);
      expect(code).toBe(0);
    });

    it("the ledger's lesser login can add audit events, not change or delete them", async () => {
      const app = env.DATABASE_URL ?? '';
      await runSql(app, `insert into events (kind, data) values ('test', '{}')`);
      for (const sql of ['delete from events', `update events set kind = ''`, 'create table t ()']) {
        await expect(runSql(app, sql)).rejects.toMatchObject({ code: '42501' });
      }
    });

    it('its login on the server owns nothing and, where Postgres can say so, may not use what it grants', async () => {
      const url = server.urlFor({ user: 'hallpass', password: 'sesame', database: 'shop' });
      const [owned] = await runSql(
        url,
        `select count(*)::int as n from pg_shdepend d join pg_roles r
        on d.refobjid = r.oid where r.rolname = 'hallpass' and d.deptype = 'o'`,
      );
      expect(owned).toEqual({ n: 0 });
      const setRole = runSql(url, 'set role orders_read');
      if (major >= 16) await expect(setRole).rejects.toMatchObject({ code: '42501' });
      else await setRole;
    });
  },
);
