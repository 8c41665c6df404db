import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { DATABASE } from '../../../src/postgres/guarded/names.js';
import { grantSql, quoteName, revokeSql } from '../../../src/postgres/quote.js';
import { setupSteps } from '../../../src/postgres/setup/command.js';
import type { GroupRole } from '../../../src/postgres/setup/group-role.js';
import { quoteText } from '../../../src/postgres/setup/script.js';
import { installedMajors } from '../../support/majors.js';
import { waitFor } from '../../support/wait-for.js';
import { HOSTILE, PASSWORD, useStage } from './stage.js';

const REFUSED = '42501';
const forHallpass = { undo: false };
const undo = { undo: true };

describe.each(installedMajors())('setup scripts on Postgres $major', (major) => {
  const on = useStage(major);
  const schemas = ['orders', HOSTILE.schema];
  const groupOf = (access: GroupRole['access'], over: Partial<GroupRole> = {}): GroupRole => ({
    role: HOSTILE.role,
    access,
    schemas,
    databases: ['shop', HOSTILE.database],
    ...over,
  });
  const orders = (schema: string) => `${quoteName(schema)}.orders`;

  describe.each(['superuser', 'cloudAdmin'] as const)('run by a %s', (who) => {
    test('Hallpass’s login grants and uses nothing; undone while it grants, all is as before', async () => {
      const { stage } = on;
      const admin = stage[who];
      const target = stage.target({ grants: ['app_ro', HOSTILE.role, 'not there'] });
      for (const role of ['app_ro', HOSTILE.role].map(quoteName)) {
        await stage.send(admin, 'shop', `CREATE ROLE ${role}; GRANT USAGE ON SCHEMA orders TO ${role}`);
        await stage.send(admin, 'shop', `GRANT SELECT ON ALL TABLES IN SCHEMA orders TO ${role}`);
      }
      const before = await stage.catalog();
      for (const _ of ['once', 'twice']) {
        const [warning, ...others] = await stage.run(admin, target, forHallpass);
        expect(warning).toContain('role "not there" does not exist');
        expect(others).toEqual([]);
      }

      await stage.setPassword('hallpass');
      for (const role of ['app_ro', HOSTILE.role]) {
        expect(await stage.as('ana', 'SELECT * FROM orders.orders')).toBe(REFUSED);
        expect(await stage.as('hallpass', grantSql(stage.version, role, 'ana', false))).toBe('ok');
        expect(await stage.as('ana', 'SELECT * FROM orders.orders')).toBe('ok');
        expect(await stage.as('hallpass', revokeSql(stage.version, role, ['ana']))).toBe('ok');
      }
      expect(await stage.as('hallpass', 'SELECT * FROM orders.orders')).toBe(REFUSED);
      expect(await stage.as('hallpass', 'CREATE ROLE x')).toBe(REFUSED);
      // Up to 15 it becomes the role that has the right, for one transaction.
      const how = stage.version >= 160_000 ? 'USAGE' : 'MEMBER';
      const has = `bool_and(pg_has_role(r, '${how}'))`;
      const rights = "unnest('{pg_read_all_stats,pg_signal_backend}'::name[]) r";
      expect(await stage.as('hallpass', `SELECT 1 / ${has}::int FROM ${rights}`)).toBe('ok');
      if (stage.version >= 160_000) expect(await stage.as('hallpass', 'SET ROLE app_ro')).toBe(REFUSED);

      await stage.as('hallpass', grantSql(stage.version, 'app_ro', 'ana', false));
      for (const _ of ['once', 'twice']) expect(await stage.run(admin, target, undo)).toEqual([]);
      expect(await stage.as('ana', 'SELECT * FROM orders.orders')).toBe(REFUSED);
      expect(await stage.catalog()).toEqual(before);
      for (const role of ['app_ro', HOSTILE.role].map(quoteName)) {
        await stage
          .send(admin, 'shop', `DROP OWNED BY ${role}; DROP ROLE ${role}`)
          .catch(() => stage.cluster.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`, [], 'shop'));
      }
    });

    test('Hallpass may look into each database where a role has something, and into no other', async () => {
      const { stage } = on;
      const admin = stage[who];
      const names = ['lk_table', 'lk_connect', 'lk_apart'].map((name) => `${name}_${who.toLowerCase()}`);
      const [table = '', connect = ''] = names;
      const role = `lk_role_${who.toLowerCase()}`;
      await stage.send(admin, 'shop', `CREATE ROLE ${role}`);
      for (const name of names) {
        await stage.send(admin, 'shop', `CREATE DATABASE ${name}`);
        await stage.send(admin, 'shop', `REVOKE CONNECT ON DATABASE ${name} FROM PUBLIC`);
      }
      await stage.send(admin, table, `CREATE TABLE t (); GRANT SELECT ON t TO ${role}`).catch(async () => {
        await stage.cluster.query(`CREATE TABLE t (); GRANT SELECT ON t TO ${role}`, [], table);
      });
      await stage.send(admin, 'shop', `GRANT CONNECT ON DATABASE ${connect} TO ${role}`);
      const target = stage.target({ grants: [role] });
      for (const _ of ['once', 'twice']) expect(await stage.run(admin, target, forHallpass)).toEqual([]);
      const rows = await stage.cluster.query<{ may: string }>(
        `SELECT datname AS may FROM pg_database
          WHERE datname = ANY ($1) AND has_database_privilege('hallpass', oid, 'CONNECT') ORDER BY 1`,
        [names],
      );
      expect(rows.map(({ may }) => may)).toEqual([connect, table]);
      for (const _ of ['once', 'twice']) expect(await stage.run(admin, target, undo)).toEqual([]);
      expect(await stage.cluster.query("SELECT FROM pg_roles WHERE rolname = 'hallpass'")).toEqual([]);
      for (const name of names) await stage.cluster.query(`DROP DATABASE ${name} WITH (FORCE)`);
      await stage.cluster.query(`DROP ROLE ${role}`);
    });

    test('a role reads what is there and what will be, and writes only as it says; undone, nothing stays', async () => {
      const { stage } = on;
      const admin = stage[who];
      const target = stage.target();
      await stage.run(admin, target, forHallpass);
      await stage.setPassword('hallpass');
      const before = await stage.catalog();
      const grant = async (role: string) => {
        expect(await stage.as('hallpass', grantSql(stage.version, role, 'ana', false))).toBe('ok');
      };

      const can = async (schema: string, database: string) => {
        const table = orders(schema);
        const tries = {
          see: `SELECT 1 / has_schema_privilege(${quoteText(schema)}, 'USAGE')::int`,
          read: `SELECT * FROM ${table}`,
          readLater: `SELECT * FROM ${quoteName(schema)}.later`,
          insert: `INSERT INTO ${table} (n) VALUES (2)`,
          update: `UPDATE ${table} SET n = n`,
          insertLater: `INSERT INTO ${quoteName(schema)}.later (n) VALUES (2)`,
          truncate: `TRUNCATE ${table}`,
          trigger: `CREATE TRIGGER t BEFORE UPDATE ON ${table} EXECUTE FUNCTION suppress_redundant_updates_trigger()`,
          create: `CREATE TABLE ${quoteName(schema)}.mine ()`,
        };
        const answers: string[] = [];
        for (const [what, sql] of Object.entries(tries)) {
          const answer = await stage.as('ana', sql, database);
          if (answer === 'ok') answers.push(what);
          else expect([REFUSED, '22012']).toContain(answer);
        }
        return answers;
      };

      // Up to 14 the schema public of a database belongs to the superuser, not to the owner of the database.
      const notOurs = stage.version < 150_000 && who === 'cloudAdmin' ? /"public"|schema public/ : /^$/;
      const expected = {
        metadata: ['see'],
        read: ['see', 'read', 'readLater'],
        write: ['see', 'read', 'readLater', 'insert', 'update', 'insertLater'],
      };
      for (const access of ['metadata', 'read', 'write'] as const) {
        const role = groupOf(access, access === 'write' ? { schemas: 'all' } : {});
        const wish = { role, undo: false };
        for (const _ of ['once', 'twice']) {
          const warnings = await stage.run(admin, target, wish);
          expect(warnings.filter((warning) => !notOurs.test(warning))).toEqual([]);
        }
        await grant(HOSTILE.role);
        for (const database of role.databases) {
          for (const schema of schemas) {
            const later = `${quoteName(schema)}.later`;
            await stage.send(stage.cloudAdmin, database, `CREATE TABLE ${later} (id bigserial, n int)`);
            expect(await can(schema, database), `${access} in ${schema}`).toEqual(expected[access]);
            await stage.send(stage.cloudAdmin, database, `DROP TABLE ${later}`);
          }
        }
        for (const _ of ['once', 'twice'])
          expect(await stage.run(admin, target, { role, undo: true })).toEqual([]);
        expect(await stage.catalog()).toEqual(before);
      }
      await stage.run(admin, target, undo);
    });

    test('a guarded target grants by its functions alone, and goes with all that was installed', async () => {
      const { stage } = on;
      const admin = stage[who];
      await stage.send(admin, 'shop', 'CREATE ROLE app_ro');
      const before = await stage.catalog();
      const connect = { user: 'hall "pass"', database: 'shop', iam: null };
      const target = stage.target({ mode: 'guarded', connect, grants: ['app_ro'], logins: ['ana'] });
      for (const _ of ['once', 'twice']) expect(await stage.run(admin, target, forHallpass)).toEqual([]);

      await stage.setPassword(connect.user);
      const asHallpass = (sql: string) => stage.as(connect.user, sql, DATABASE);
      const oid = (name: string) => `ARRAY['${name}'::regrole]::oid[]`;
      const grant = `SELECT state, message FROM hallpass.grant(ARRAY[1], ${oid('app_ro')}, ${oid('ana')}, ARRAY[60000], ARRAY[false])`;
      const hallpass = { user: connect.user, password: PASSWORD };
      const { rows } = await stage.send(hallpass, DATABASE, grant);
      expect(rows).toEqual([{ state: 'granted', message: null }]);
      const held = "SELECT pg_has_role('ana', 'app_ro', 'USAGE') AS held";
      expect(await stage.cluster.query(held)).toEqual([{ held: true }]);
      expect(await asHallpass('GRANT app_ro TO ana')).toBe(REFUSED);
      expect(await asHallpass('SET ROLE app_ro')).toBe(REFUSED);
      expect(await stage.as('ana', 'SELECT', DATABASE)).toBe(REFUSED);

      for (const _ of ['once', 'twice']) expect(await stage.run(admin, target, undo)).toEqual([]);
      expect(await stage.cluster.query(held)).toEqual([{ held: false }]);
      expect(await stage.catalog()).toEqual(before);
      await stage.send(admin, 'shop', 'DROP ROLE app_ro');
    });

    test('people’s logins log in, with IAM too, and go unless others rely on them', async () => {
      const { stage } = on;
      const admin = stage[who];
      await stage.send(admin, 'shop', 'CREATE ROLE rds_iam; CREATE ROLE team');
      const before = await stage.catalog();
      const target = stage.target();
      const wish = { logins: { logins: [HOSTILE.login, 'bo'], iam: true } };
      for (const _ of ['once', 'twice'])
        expect(await stage.run(admin, target, { ...wish, undo: false })).toEqual([]);
      await stage.setPassword('bo');
      expect(await stage.as('bo', 'SELECT 1')).toBe('ok');
      const iam = "SELECT pg_has_role($1::name, 'rds_iam', 'MEMBER') AS iam";
      expect(await stage.cluster.query(iam, [HOSTILE.login])).toEqual([{ iam: true }]);

      await stage.send(admin, 'shop', 'GRANT team TO bo');
      const [stays, ...others] = await stage.run(admin, target, { ...wish, undo: true });
      expect(stays).toContain('bo stays: memberships that Hallpass did not make: team');
      expect(others).toEqual([]);
      expect(await stage.as('bo', 'SELECT 1')).toBe('ok');
      await stage.send(admin, 'shop', 'REVOKE team FROM bo');
      expect(await stage.run(admin, target, { ...wish, undo: true })).toEqual([]);
      expect(await stage.catalog()).toEqual(before);
      await stage.send(admin, 'shop', 'DROP ROLE rds_iam; DROP ROLE team');
    });
  });

  test('a database that somebody else made is not taken over, and ours is shut', async () => {
    const { stage } = on;
    const { superuser } = stage;
    const target = stage.target({ mode: 'guarded' });
    const run = () => stage.run(superuser, target, forHallpass);
    const inside = (sql: string) => stage.send(superuser, DATABASE, sql);
    await stage.cluster.query('CREATE ROLE mallory LOGIN CREATEDB');
    await stage.cluster.query(`CREATE DATABASE ${DATABASE} OWNER mallory`);
    await expect(run()).rejects.toThrow(`The database ${DATABASE} belongs to mallory`);
    await stage.cluster.query(`ALTER DATABASE ${DATABASE} OWNER TO postgres`);
    const objects: readonly (readonly [string, string])[] = [
      ['CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$', 'DROP FUNCTION f()'],
      ['CREATE SCHEMA s', 'DROP SCHEMA s'],
      [
        'CREATE OPERATOR === (LEFTARG = int, RIGHTARG = int, FUNCTION = int4eq)',
        'DROP OPERATOR === (int, int)',
      ],
      ['CREATE CAST (box AS int) WITH INOUT', 'DROP CAST (box AS int)'],
      ['SELECT lo_create(4711)', 'SELECT lo_unlink(4711)'],
      ['CREATE PUBLICATION p', 'DROP PUBLICATION p'],
      ['CREATE COLLATION c FROM "C"', 'DROP COLLATION c'],
      ['CREATE FOREIGN DATA WRAPPER w', 'DROP FOREIGN DATA WRAPPER w'],
      [
        'ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO mallory',
        'ALTER DEFAULT PRIVILEGES REVOKE ALL ON TABLES FROM mallory',
      ],
      [
        `CREATE FUNCTION e() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN END $$;
         CREATE EVENT TRIGGER t ON ddl_command_end EXECUTE FUNCTION e()`,
        'DROP EVENT TRIGGER t; DROP FUNCTION e()',
      ],
    ];
    for (const [make, drop] of objects) {
      await inside(make);
      await expect(run(), make).rejects.toThrow('holds something else');
      await inside(drop);
    }
    expect(await run()).toEqual([]);

    // Whatever was set for it or granted on it goes; and nobody owns it who can log in.
    await stage.cluster.query(`ALTER DATABASE ${DATABASE} SET default_transaction_read_only = on`);
    await stage.cluster.query(`ALTER ROLE hallpass IN DATABASE ${DATABASE} SET statement_timeout = '1ms'`);
    await stage.cluster.query(`GRANT ALL ON DATABASE ${DATABASE} TO mallory, PUBLIC`);
    expect(await run()).toEqual([expect.stringContaining('mallory had rights')]);
    const [row] = await stage.cluster.query(
      `SELECT pg_get_userbyid(d.datdba) AS owner,
              (SELECT count(*)::int FROM pg_db_role_setting s WHERE s.setdatabase = d.oid) AS settings,
              (SELECT array_agg(DISTINCT pg_get_userbyid(a.grantee)::text ORDER BY pg_get_userbyid(a.grantee)::text)
                 FROM aclexplode(d.datacl) a) AS rights
         FROM pg_database d WHERE d.datname = $1`,
      [DATABASE],
    );
    expect(row).toEqual({
      owner: 'hallpass_owner',
      settings: 0,
      rights: ['hallpass', 'hallpass_owner', 'hallpass_reaper', 'postgres'],
    });
    await inside('CREATE SCHEMA s AUTHORIZATION mallory');
    await expect(run()).rejects.toThrow('is something that belongs to mallory');
    await inside('DROP SCHEMA s');

    // Half of it undone would be worse than nothing.
    await stage.setPassword('hallpass');
    const hallpass = new pg.Client({
      connectionString: stage.cluster.urlFor({ user: 'hallpass', password: PASSWORD, database: 'shop' }),
    });
    await hallpass.connect();
    const before = await stage.catalog();
    await expect(stage.run(superuser, target, undo)).rejects.toThrow(
      'Hallpass is connected: nothing was undone',
    );
    expect(await stage.catalog()).toEqual(before);
    await hallpass.end();
    await waitFor(
      async () =>
        (await stage.cluster.query("SELECT FROM pg_stat_activity WHERE usename = 'hallpass'")).length === 0 ||
        null,
      { what: 'the session to be gone' },
    );
    expect(await stage.run(superuser, target, undo)).toEqual([]);
    expect(await stage.cluster.query("SELECT FROM pg_roles WHERE rolname LIKE 'hallpass%'")).toEqual([]);
    await stage.cluster.query('DROP ROLE mallory');
  });

  test('a script for another release of Postgres is refused by its first statement', async () => {
    const { stage } = on;
    const [step] = setupSteps(stage.target(), major.major === 16 ? 170_000 : 160_000, forHallpass);
    await expect(stage.send(stage.superuser, 'shop', step?.sql ?? '')).rejects.toThrow(
      'This script is for Postgres',
    );
  });

  test('what was there before, or is used by others, is named and stays', async () => {
    const { stage } = on;
    await stage.send(stage.superuser, 'shop', 'CREATE ROLE hallpass LOGIN SUPERUSER');
    const target = stage.target();
    const [unfit] = await stage.run(stage.superuser, target, forHallpass);
    expect(unfit).toContain('ALTER ROLE "hallpass" NOINHERIT NOSUPERUSER;');
    const fix = unfit?.split(' | ')[1] ?? '';
    await stage.send(stage.superuser, 'shop', fix);
    expect(await stage.run(stage.superuser, target, forHallpass)).toEqual([]);

    const role = groupOf('read', { role: 'team_ro', schemas: ['orders', 'no such schema'] });
    const wish = { role, undo: false };
    expect(await stage.run(stage.superuser, target, wish)).toEqual(
      role.databases.map((database) => `There is no schema no such schema in the database ${database}.`),
    );
    await stage.send(stage.superuser, 'shop', 'GRANT team_ro TO ana');
    const warnings = await stage.run(stage.superuser, target, { role, undo: true });
    expect(warnings).toEqual([
      expect.stringContaining('team_ro stays: members that Hallpass did not make: ana'),
    ]);
    expect(await stage.as('ana', 'SELECT * FROM orders.orders')).toBe('ok');

    await stage.send(stage.superuser, 'shop', 'REVOKE team_ro FROM ana');
    expect(await stage.run(stage.superuser, target, { role, undo: true })).toEqual([]);
    const [before] = await stage.run(stage.superuser, target, undo);
    expect(before).toContain('hallpass stays: its COMMENT does not end in');
    await stage.send(stage.superuser, 'shop', 'DROP OWNED BY hallpass; DROP ROLE hallpass');
  });

  test('what its administrator may not give is named, and the rest is done', async () => {
    const { stage } = on;
    await stage.send(stage.superuser, 'shop', `CREATE ROLE clerk LOGIN CREATEROLE PASSWORD '${PASSWORD}'`);
    const clerk = { user: 'clerk', password: PASSWORD };
    const warnings = await stage.run(clerk, stage.target(), forHallpass);
    const mayNot = (right: string) =>
      expect.stringContaining(`Left out: permission denied to grant role "${right}"`);
    // Up to 15 CREATEROLE may grant every role that is no superuser.
    const rights = stage.version >= 160_000 ? ['pg_read_all_stats', 'pg_signal_backend'] : [];
    expect(warnings).toEqual(['no privileges were granted for "shop"', ...rights.map(mayNot)]);
    await stage.setPassword('hallpass');
    expect(await stage.as('hallpass', 'SELECT 1')).toBe('ok');
    expect(await stage.run(clerk, stage.target(), undo)).toEqual([]);
    await stage.send(stage.superuser, 'shop', 'DROP ROLE clerk');
  });

  test('a role is made by an administrator who does not own everything: what is not theirs is named', async () => {
    const { stage } = on;
    const { superuser } = stage;
    await stage.send(superuser, 'shop', `CREATE ROLE clerk LOGIN CREATEROLE PASSWORD '${PASSWORD}'`);
    await stage.send(
      superuser,
      'shop',
      `CREATE SCHEMA mixed AUTHORIZATION clerk; CREATE SCHEMA closed;
       SET ROLE clerk; CREATE TABLE mixed.mine (n int); RESET ROLE;
       CREATE TABLE mixed.theirs (n int); CREATE TABLE mixed.theirs_too (n int); CREATE SEQUENCE mixed.numbers`,
    );
    const clerk = { user: 'clerk', password: PASSWORD };
    await stage.run(superuser, stage.target(), forHallpass);
    const role = groupOf('read', { role: 'mixed_ro', schemas: ['mixed', 'closed'], databases: ['shop'] });
    for (const _ of ['once', 'twice']) {
      const warnings = await stage.run(clerk, stage.target(), { role, undo: false });
      expect(warnings).toContainEqual(
        expect.stringMatching(
          /^Not covered: the schema closed; permission denied .* \| Run the script once more as its owner/,
        ),
      );
      expect(warnings).toContainEqual(
        expect.stringMatching(/^Not covered: 3 of postgres in the schema mixed, like numbers\. \| Run/),
      );
    }
    await stage.send(superuser, 'shop', 'GRANT mixed_ro TO ana');
    expect(await stage.as('ana', 'SELECT * FROM mixed.mine')).toBe('ok');
    expect(await stage.as('ana', 'SELECT * FROM mixed.theirs')).toBe(REFUSED);
    // Its owner runs it once more, and nothing is left out.
    expect(await stage.run(superuser, stage.target(), { role, undo: false })).toEqual([]);
    expect(await stage.as('ana', 'SELECT * FROM mixed.theirs')).toBe('ok');
    await stage.send(
      superuser,
      'shop',
      'DROP SCHEMA mixed, closed CASCADE; DROP OWNED BY mixed_ro, clerk; DROP ROLE mixed_ro, clerk',
    );
    await stage.run(superuser, stage.target(), undo);
  });

  test('the way back of a guarded target shuts Hallpass out first: it can’t come in between', async () => {
    const { stage } = on;
    await stage.send(stage.superuser, 'shop', 'CREATE ROLE app_ro');
    const target = stage.target({ mode: 'guarded', grants: ['app_ro'], logins: ['ana'] });
    await stage.run(stage.cloudAdmin, target, forHallpass);
    await stage.setPassword('hallpass');
    expect(await stage.as('hallpass', 'SELECT 1', DATABASE)).toBe('ok');
    const refused: string[] = [];
    for (const { database, sql, when } of setupSteps(target, stage.version, undo)) {
      if (when !== null && (await stage.cluster.query(when)).length === 0) continue;
      await stage.send(stage.cloudAdmin, database, sql);
      refused.push(await stage.as('hallpass', 'SELECT 1', DATABASE));
    }
    // too_many_connections; then the database is gone, and last the login.
    expect(refused.slice(0, 3)).toEqual(['ok', '53300', '53300']);
    expect(refused).toContain('3D000');
    expect(await stage.cluster.query('SELECT FROM pg_database WHERE datname = $1', [DATABASE])).toEqual([]);
    await stage.send(stage.superuser, 'shop', 'DROP ROLE app_ro');
  });

  test('a monitor sees what others do, and no table', async () => {
    const { stage } = on;
    const target = stage.target();
    const role = groupOf('monitor', { role: 'watch', schemas: [], databases: ['shop'] });
    await stage.run(stage.cloudAdmin, target, forHallpass);
    await stage.setPassword('hallpass');
    for (const _ of ['once', 'twice']) {
      expect(await stage.run(stage.cloudAdmin, target, { role, undo: false })).toEqual([]);
    }
    await stage.as('hallpass', grantSql(stage.version, 'watch', 'ana', false));
    expect(await stage.as('ana', 'SELECT pg_ls_waldir()')).toBe('ok');
    expect(await stage.as('ana', 'SELECT * FROM orders.orders')).toBe(REFUSED);
    for (const wish of [{ role, undo: true }, undo]) {
      expect(await stage.run(stage.cloudAdmin, target, wish)).toEqual([]);
    }
    expect(await stage.as('ana', 'SELECT pg_ls_waldir()')).toBe(REFUSED);
  });
});
