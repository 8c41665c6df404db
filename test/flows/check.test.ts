/** `hallpass check`, `setup-sql` and `reap` from outside: what they print, and the code that they exit with. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { startCluster } from '../../sandbox/postgres/cluster.js';
import { runSql } from '../../sandbox/postgres/server-access.js';
import { DATABASE } from '../../src/postgres/guarded/names.js';
import { installGuarded } from '../postgres/guarded/install.js';
import { changedConfiguration, runHallpass } from '../support/commands.js';
import { startPgBouncer } from '../support/pgbouncer.js';
import { describeWith } from '../support/program.js';
import { openStage } from '../support/stage.js';

const stage = await openStage({ ledgerApart: false });

const hallpass = (args: readonly string[], changes?: Readonly<Record<string, string>>) =>
  runHallpass(stage, args, changes);
const configured = (change: (yaml: string) => string) => changedConfiguration(stage, change);

/** One role and one person that are not there, one role that may not be granted, and two targets that don't let us in. */
async function wronglyConfigured() {
  const changes = await configured(
    (yaml) =>
      `${yaml.replace('people:', 'people:\n  U0FAY: { login: fay }')}      nowhere: read
      pg_monitor: read
  attic:
    name: Attic
    connect: { host: 127.0.0.1, port: 1, database: attic, user: hallpass, password: "\${SHOP_PASSWORD}" }
    roles: { old_read: read }
  locked:
    name: Locked
    connect: { host: 127.0.0.1, port: ${stage.server.port}, database: shop, user: hallpass, password: "\${OTHER_PASSWORD}" }
    roles: { old_read: read }
`,
  );
  return { ...changes, OTHER_PASSWORD: 'wrong' };
}

describe('check', () => {
  it('finds nothing to fix where all is right: one line per target, or everything about one', async () => {
    const all = await hallpass(['check']);
    expect(all.code).toBe(0);
    expect(all.said).toMatch(/^ok {7}configuration {2}\S+hallpass\.yaml: 1 target\.$/m);
    expect(all.said).toMatch(
      /^ok {7}Slack {10}The bot token works in team T\w+, with every scope that is needed\.$/m,
    );
    expect(all.said).toMatch(/^TARGET {2}STATE {2}POSTGRES {2}SERVER {3}TLS {2}ROLES {2}NOTES$/m);
    expect(all.said).toMatch(/^shop {4}ok {5}18\.\d+ +primary {2}off {2}3\/3 {4}/m);
    expect(all.said).not.toMatch(/failure/);

    const one = await hallpass(['check', 'shop']);
    expect(one.code).toBe(0);
    for (const line of [
      /^ok +connection +Reachable; the server sees us come from 127\.0\.0\.1\.$/m,
      /^ok +TLS +Off: /m,
      /^ok +version +Postgres 18\./m,
      /^ok +server +It is a primary\.$/m,
      /^ok +role +orders_read: can be granted; danger “read”: it can read 3 tables\.$/m,
      /^ok +clock +The same as /m,
    ]) {
      expect(one.said).toMatch(line);
    }
    for (const line of one.said.split('\n')) {
      if (!line.endsWith(';') && !line.includes('hallpass.yaml'))
        expect(line.length).toBeLessThanOrEqual(100);
    }
  });

  it('says all that is wrong at once, each with what fixes it', async () => {
    const changes = await wronglyConfigured();
    const scopes = [...stage.slack.workspace.scopes];
    stage.slack.workspace.setScopes(scopes.filter((scope) => scope !== 'usergroups:read'));
    const { code, said } = await hallpass(['check'], changes);
    stage.slack.workspace.setScopes(scopes);
    expect(code).toBe(1);
    for (const line of [
      /^failure {2}Slack +The scope usergroups:read is missing: groups that decide or are on call\.\n .*install the app again/m,
      /^shop +2 failures +18\.\d+ +primary +off +3\/5 +/m,
      /^attic +1 failure +- +- +- +- +-$/m,
      /^locked +1 failure +- +- +- +- +-$/m,
      /^\nshop\nfailure {2}role {2}There is no role nowhere on the server\.\n +.*CREATE ROLE "?nowhere"? NOLOGIN;$/m,
      /^failure {2}role {2}Hallpass’s login has no ADMIN OPTION on the role pg_monitor\.\n +GRANT "?pg_monitor"? TO "?hallpass"? WITH ADMIN.*;$/m,
      /^\nattic\nfailure {2}connection {2}\S/m,
      /^\nlocked\nfailure {2}connection {2}[\s\S]*password/m,
    ]) {
      expect(said).toMatch(line);
    }
    // The people’s logins are told where one asks about one target, and there of no other.
    const one = await hallpass(['check', 'shop'], changes);
    expect(one).toMatchObject({ code: 1, said: expect.not.stringContaining('attic') });
    expect(one.said).toMatch(
      /^note +login +There is no login fay on the server\.\n +.*CREATE ROLE "fay" LOGIN;$/m,
    );
  });

  it('as JSON: the same, to be read by programs', async () => {
    const bad = await hallpass(['check', '--json'], await wronglyConfigured());
    expect(bad.code).toBe(1);
    const document = JSON.parse(bad.said);
    expect(document).toMatchObject({
      targets: [
        {
          name: 'shop',
          ok: false,
          summary: { position: 'primary', tls: null, grantable: 3, roles: 5 },
          findings: expect.arrayContaining([
            {
              about: 'role',
              level: 'failure',
              says: 'There is no role nowhere on the server.',
              nextStep: expect.stringMatching(/CREATE ROLE/),
            },
          ]),
        },
        { name: 'attic', ok: false, summary: null, findings: [{ about: 'connection', level: 'failure' }] },
        { name: 'locked', ok: false, summary: null, findings: [{ about: 'connection', level: 'failure' }] },
      ],
      ok: false,
      environment: [],
      slack: expect.arrayContaining([expect.objectContaining({ level: 'ok' })]),
    });
    const good = await hallpass(['check', 'shop', '--json']);
    expect(good.code).toBe(0);
    expect(JSON.parse(good.said).targets).toMatchObject([{ name: 'shop', ok: true }]);
  });

  it('tries the targets also without Slack and without a ledger, and says what is not set', async () => {
    const { code, said } = await hallpass(['check'], { SLACK_BOT_TOKEN: '', DATABASE_URL: '' });
    expect(code).toBe(1);
    expect(said).toMatch(/^failure {2}environment [\s\S]* SLACK_BOT_TOKEN: is not set/m);
    expect(said).toMatch(/ DATABASE_URL: is not set/);
    expect(said).toMatch(/^shop +ok +18/m);

    const other = await hallpass(['check'], { SLACK_BOT_TOKEN: '', REDIS_URL: 'nonsense' });
    expect(other.said).toMatch(/REDIS_URL/);
    expect(other.said).not.toContain('DATABASE_URL');
    // Nothing has migrated it yet: it was reached all the same.
    expect(other.said).toMatch(/^note +ledger +It answers, and has no tables/m);
  });

  it('says that Slack refuses the token, that a target is not there, and what is wrong in the file', async () => {
    expect(await hallpass(['check'], { SLACK_BOT_TOKEN: 'xoxb-wrong' })).toEqual({
      code: 1,
      said: expect.stringMatching(/^failure {2}Slack +[\s\S]*Slack refuses the bot token/m),
    });
    expect(await hallpass(['check', 'shpo'])).toEqual({
      code: 1,
      said: expect.stringMatching(/there is no target shpo; did you mean "shop"\?\nName one of shop\./),
    });
    const wrong = await configured((yaml) => yaml.replace('approvers: [dba]', 'aprovers: [dba]'));
    expect(await hallpass(['check'], wrong)).toEqual({
      code: 1,
      said: expect.stringMatching(/yaml:14:\d+ defaults\.aprovers.*approvers/),
    });
  });

  it('--as: why somebody can’t use a role, and that nothing is in the way', async () => {
    const ana = await hallpass(['check', '--as', 'ana', 'shop/orders_read']);
    expect(ana.code).toBe(1);
    expect(ana.said).toMatch(
      /^failure {2}memberships {2}ana is not a member of orders_read\.\n +Ask for orders_read/m,
    );
    // The shop's DBA granted it to him for good.
    const ben = await hallpass(['check', '--as', 'ben', 'shop/payments_read', '--json']);
    expect(ben.code).toBe(0);
    expect(JSON.parse(ben.said)).toMatchObject({
      login: 'ben',
      target: 'shop',
      role: 'payments_read',
      ok: true,
    });
    expect(await hallpass(['check', '--as', 'ana', 'shop'])).toMatchObject({
      code: 1,
      said: expect.stringMatching(/--as LOGIN TARGET\/ROLE/),
    });
  });
});

describeWith('pgbouncer')('check of a target behind a pooler in transaction mode', () => {
  it('is told, and the command ends', async () => {
    const { password } = stage.samples.hallpass;
    const pooler = await startPgBouncer(stage.server, {
      mode: 'transaction',
      logins: [{ user: 'hallpass', password }],
    });
    onTestFinished(() => pooler.stop());
    const changes = await configured((yaml) => yaml.replace(/port: \d+/, `port: ${pooler.port}`));
    for (const args of [
      ['check', 'shop'],
      ['check', '--as', 'ana', 'shop/orders_read'],
    ]) {
      expect(await hallpass(args, changes)).toEqual({
        code: 1,
        said: expect.stringMatching(/A pooler in transaction mode answers on/),
      });
    }
  });
});

describe('setup-sql', () => {
  it('prints what fixes the server, for its version', async () => {
    const { code, said } = await hallpass(['setup-sql', 'shop']);
    expect(code).toBe(0);
    expect(said).toMatch(/Sets Hallpass up on shop: Postgres 18, self-managed, direct\./);
    expect(said).toContain('GRANT "orders_read" TO "hallpass" WITH ADMIN TRUE, INHERIT FALSE, SET FALSE;');
    const undo = await hallpass(['setup-sql', 'shop', '--undo']);
    expect(undo).toMatchObject({
      code: 0,
      said: expect.stringMatching(/Undoes what hallpass setup-sql set up/),
    });
  });

  it('a role, and the logins that are missing', async () => {
    const role = await hallpass(['setup-sql', 'shop', '--role', 'app_read', '--schemas', 'orders, payments']);
    expect(role.code).toBe(0);
    expect(role.said).toMatch(/Reads orders, payments/);
    expect(role.said).toContain('GRANT CONNECT ON DATABASE "shop" TO "app_read";');

    const changes = await configured((yaml) => yaml.replace('people:', 'people:\n  U0FAY: { login: fay }'));
    const logins = await hallpass(['setup-sql', 'shop', '--logins-missing'], changes);
    expect(logins.code).toBe(0);
    expect(logins.said).toContain("'fay'");
    expect(logins.said).not.toContain("'ana'");
    expect(await hallpass(['setup-sql', 'shop', '--logins-missing'])).toEqual({
      code: 0,
      said: '-- Every login of the configuration is there.',
    });
  });

  it('asks for the version where the server can’t say it, and for the role that options are about', async () => {
    const changes = await wronglyConfigured();
    expect(await hallpass(['setup-sql', 'attic'], changes)).toEqual({
      code: 1,
      said: expect.stringMatching(
        /depends on the version of the server.*\nWrite it: --server-version 16\.\nBecause: /,
      ),
    });
    const old = await hallpass(['setup-sql', 'attic', '--server-version', '15'], changes);
    expect(old).toMatchObject({ code: 0, said: expect.stringMatching(/on attic: Postgres 15/) });
    expect(old.said).toContain('GRANT "old_read" TO "hallpass" WITH ADMIN OPTION;');
    expect(await hallpass(['setup-sql', 'shop', '--schemas', 'orders'])).toMatchObject({
      code: 1,
      said: expect.stringMatching(/--schemas says what a role is for.*\nWrite --role NAME\./),
    });
    expect(await hallpass(['setup-sql', 'shop', '--server-version', 'new'])).toMatchObject({ code: 1 });
    expect(await hallpass(['setup-sql', 'shop', '--iam-policy'])).toMatchObject({
      code: 1,
      said: expect.stringMatching(/does not log in by IAM/),
    });
  });
});

describe('reap', () => {
  it('has a guarded target revoke what is due, without any ledger', async () => {
    const guarded = await startCluster({ name: 'guarded' });
    onTestFinished(() => guarded.close());
    const { password } = stage.samples.hallpass;
    await guarded.query(
      `CREATE ROLE hallpass LOGIN PASSWORD '${password}'; CREATE ROLE vault_read; CREATE ROLE ana LOGIN`,
    );
    await installGuarded(guarded);
    await guarded.query('GRANT vault_read TO hallpass_owner WITH ADMIN TRUE, INHERIT FALSE, SET FALSE');
    await guarded.query('GRANT hallpass_people TO ana');
    const changes = {
      DATABASE_URL: '',
      ...(await configured(
        (yaml) => `${yaml}  vault:
    name: Vault
    mode: guarded
    connect: { host: ${guarded.host}, port: ${guarded.port}, database: postgres, user: hallpass, password: "\${SHOP_PASSWORD}" }
    roles: { vault_read: read }
`,
      )),
    };
    expect(await hallpass(['reap', 'vault'], changes)).toEqual({ code: 0, said: 'Nothing was due.' });

    await runSql(
      guarded.urlFor({ user: 'hallpass', password, database: DATABASE }),
      `SELECT * FROM hallpass.grant(ARRAY[1042], ARRAY['vault_read'::regrole::oid], ARRAY['ana'::regrole::oid], ARRAY[60000], ARRAY[false])`,
    );
    const members = () =>
      guarded.query(
        "SELECT FROM pg_auth_members WHERE roleid = 'vault_read'::regrole AND member = 'ana'::regrole",
      );
    expect(await members()).toHaveLength(1);
    await guarded.query("UPDATE hallpass.grants SET expires_at = now() - interval '1 s'", [], DATABASE);
    expect(await hallpass(['reap', 'vault'], changes)).toEqual({
      code: 0,
      said: 'REQUEST  STATE\nR-1042   revoked',
    });
    expect(await members()).toEqual([]);
  });

  it('is for guarded targets', async () => {
    expect(await hallpass(['reap', 'shop'])).toEqual({
      code: 1,
      said: expect.stringMatching(/^the target shop is not guarded/),
    });
  });
});
