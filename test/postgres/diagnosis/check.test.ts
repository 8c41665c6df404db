/** `hallpass check` against servers that are set up wrongly: the sentence, and that the SQL it tells people to run fixes it. */
import { describe, expect, onTestFinished, test } from 'vitest';
import { startCluster } from '../../../sandbox/postgres/cluster.js';
import { runSql } from '../../../sandbox/postgres/server-access.js';
import type { LedgerView } from '../../../src/access/check/ledger.js';
import { viewLedger } from '../../../src/access/check/ledger.js';
import { createPool } from '../../../src/ledger/pool.js';
import { DATABASE } from '../../../src/postgres/guarded/names.js';
import { aLedger } from '../../ledger/a-ledger.js';
import { installedMajors } from '../../support/majors.js';
import { startStandby } from '../../support/standby.js';
import { waitFor } from '../../support/wait-for.js';
import { useServer } from '../server.js';
import { aRole, check, configured, type Examined, sqlOf, troubles } from './examined.js';

const MAJORS = installedMajors();
const NEWEST = MAJORS.slice(-1);

/** Runs the SQL told with each failure until none is left. @returns the sentences, in order. */
async function mendAll(
  examined: Examined,
  run: (sql: string) => Promise<unknown>,
): Promise<readonly string[]> {
  const said: string[] = [];
  for (;;) {
    const { findings } = await check(examined);
    const found = findings.find(({ level }) => level === 'failure');
    if (found === undefined) return said;
    said.push(found.says);
    expect(said.length).toBeLessThan(10);
    await run(sqlOf(found));
  }
}

describe.each(MAJORS.filter(({ major }) => major === 15 || major === 18))('on Postgres $major', (major) => {
  const used = useServer(major, { max_prepared_transactions: '2' });

  test('every wrong privilege comes with the SQL that fixes it', async () => {
    const { server } = used;
    await server.login('ana');
    await server.sql('ALTER ROLE hallpass SUPERUSER CREATEROLE');
    const examined = configured(server, ['app read'], ['ana', 'nobody']);
    const first = await check(examined);
    expect(first.summary).toMatchObject({ position: 'primary', tls: null, grantable: 0, roles: 1 });
    expect(first.ok).toBe(false);

    const said = await mendAll(examined, async (sql) => {
      await server.sql(sql);
      // Being a role that exists is not enough to be granted.
      await server.sql('ALTER ROLE hallpass NOSUPERUSER');
    });
    expect(said).toEqual([
      'Hallpass’s login is a superuser and must not be: ALTER ROLE "hallpass" NOSUPERUSER NOCREATEROLE;',
      'hallpass is not a member of pg_read_all_stats: it can’t see when transactions of others began.',
      'hallpass is not a member of pg_signal_backend: sessions that go on using a role after its REVOKE can’t be ended.',
      'There is no role app read on the server.',
      'Hallpass’s login has no ADMIN OPTION on the role app read.',
    ]);
    const last = await check(examined);
    expect(last.summary).toMatchObject({ grantable: 1, roles: 1 });
    expect(troubles(last.findings)).toEqual([
      'note login: There is no login nobody on the server.',
      expect.stringMatching(/^note memberships: Hallpass has granted 0 here; .*can’t be read/),
    ]);
    const said18 = last.findings.map(({ says }) => says);
    expect(said18).toContain('Reachable; the server sees us come from 127.0.0.1.');
    expect(said18).toContain('It is a primary.');
    expect(said18.find((says) => says.startsWith('app read'))).toMatch(
      /^app read: can be granted; danger “none”/,
    );
  });

  test('what outlives a grant, and what is more dangerous than max_danger', async () => {
    const { server } = used;
    const owner = await server.role();
    await server.sql(`ALTER TABLE ${owner} OWNER TO ${owner}`);
    const examined = configured(server, [owner]);
    const before = await check(examined);
    expect(troubles(before.findings)).toContainEqual(
      expect.stringMatching(new RegExp(`^note role: ${owner}: access can outlive a grant: it owns 1 table`)),
    );
    const after = await check(configured(server, [aRole(owner, 'read')]));
    expect(troubles(after.findings)).toContainEqual(
      expect.stringMatching(
        new RegExp(`^failure role: ${owner} is of danger “write”, and at most “read” is granted here: it `),
      ),
    );
    expect(after.summary).toMatchObject({ grantable: 0, roles: 1 });
  });

  test('a login with a member that could use its grants, with the SQL that changes it', async () => {
    const { server } = used;
    const [role, cem, friend] = [await server.role(), await server.login(), await server.login()];
    await server.sql(`GRANT ${cem} TO ${friend}`);
    const examined = configured(server, [role], [cem]);
    const said = (await check(examined)).findings.find(({ says }) => says.includes(friend));
    expect(said).toMatchObject({
      about: 'login',
      level: 'note',
      says: `What is granted to ${cem} can also be used by its members: ${friend}.`,
    });
    if (said === undefined) throw new Error('nothing said');
    await server.sql(sqlOf(said));
    expect((await check(examined)).findings.filter(({ says }) => says.includes(friend))).toEqual([]);
  });

  test('Hallpass’s own login: a password that expires, a limit of connections, sessions that begin read-only', async () => {
    const { server } = used;
    const role = await server.role();
    const about = async (what: string) =>
      (await check(configured(server, [role]))).findings.filter(
        (finding) => finding.about === what && /own login|CONNECTION LIMIT|read_only/.test(finding.says),
      );
    expect(await about('login')).toEqual([]);
    onTestFinished(async () => {
      await server.sql("ALTER ROLE hallpass VALID UNTIL 'infinity' CONNECTION LIMIT -1");
      await server.sql('ALTER ROLE hallpass RESET ALL');
    });
    await server.sql(
      `ALTER ROLE hallpass VALID UNTIL '${new Date(Date.now() + 13.5 * 86_400_000).toISOString()}' CONNECTION LIMIT 5`,
    );
    const [expiring, few] = await about('login');
    expect(expiring).toMatchObject({
      level: 'failure',
      says: 'The password of Hallpass’s own login hallpass expires in 13 days (VALID UNTIL): then nothing is granted or revoked.',
    });
    expect(few).toMatchObject({
      level: 'note',
      says: expect.stringMatching(/^hallpass may have 5 connections .* up to 3: 2 replicas/),
    });
    for (const finding of [expiring, few]) if (finding) await server.sql(sqlOf(finding));
    expect(await about('login')).toEqual([]);
    await server.sql(
      `ALTER ROLE hallpass VALID UNTIL '${new Date(Date.now() + 15 * 86_400_000).toISOString()}'`,
    );
    expect(await about('login')).toEqual([]);

    // Each look here keeps its connections until the test ends.
    await server.sql('ALTER ROLE hallpass CONNECTION LIMIT -1');
    await server.sql('ALTER ROLE hallpass SET default_transaction_read_only = on');
    const [ours] = await about('setting');
    expect(ours).toMatchObject({ level: 'note', says: expect.stringContaining('is on for hallpass') });
    if (ours) await server.sql(sqlOf(ours));
    const { database } = server.connect;
    await server.sql(`ALTER DATABASE ${database} SET default_transaction_read_only = on`);
    onTestFinished(async () => {
      await server.cluster.query(
        `BEGIN READ WRITE; ALTER DATABASE ${database} RESET default_transaction_read_only; COMMIT`,
      );
    });
    expect(await about('setting')).toMatchObject([{ level: 'note' }]);
    await server.cluster.query(`BEGIN READ WRITE; GRANT INSERT ON ${role} TO ${role}; COMMIT`);
    expect(await about('setting')).toMatchObject([
      {
        level: 'failure',
        says: expect.stringMatching(/is on for this database: .*role that writes can’t write/),
      },
    ]);
  });

  test('at the first install a refused login is told as a server that is not set up, and not later', async () => {
    const { connect, mode } = used.server;
    const wrong = configured({ connect: { ...connect, password: 'wrong' }, mode }, ['app_read']);
    const nextStep = async () =>
      (await check(wrong, await view())).findings.find(({ about }) => about === 'connection')?.nextStep;
    expect(await nextStep()).toMatch(/`hallpass setup-sql shop --server-version \d+`.*\\password hallpass/);
    expect(await nextStep()).not.toContain('ALTER ROLE');
    const { ownerUrl } = await theLedger;
    await runSql(ownerUrl, "insert into targets (name, server) values ('shop', '1')");
    onTestFinished(async () => void (await runSql(ownerUrl, "delete from targets where name = 'shop'")));
    expect(await nextStep()).toContain('ALTER ROLE');
  });

  test('a prepared transaction of a person, with the SQL that ends it', async () => {
    const { server } = used;
    const [role, login] = [await server.role(), await server.login()];
    await server.as(login, `BEGIN; SELECT pg_current_xact_id(); PREPARE TRANSACTION 'it''s late'`);
    const { findings } = await check(configured(server, [role], [login]));
    const found = findings.find(({ says }) => says.includes('prepared'));
    expect(found).toMatchObject({
      level: 'note',
      says: `The transaction "it's late" of ${login} in postgres is prepared: no REVOKE undoes it.`,
    });
    if (found === undefined) throw new Error('it was found');
    await server.as(login, sqlOf(found));
    expect(await server.sql('SELECT gid FROM pg_prepared_xacts')).toEqual([]);
  });

  test('what the ledger does not explain, with the SQL that revokes it', async () => {
    const { server } = used;
    const [role, login] = [await server.role(), await server.login()];
    await server.as('hallpass', `GRANT ${role} TO ${login}`);
    const ledger = await view();
    expect(ledger).toHaveProperty('db');
    const examined = configured(server, [role], [login]);
    const { findings, ok } = await check(examined, ledger);
    const found = findings.find(({ says }) => says.startsWith(`${login} is a member`));
    if (found === undefined) throw new Error(`it was not found: ${JSON.stringify(findings)}`);
    expect(found).toMatchObject({ level: 'failure', about: 'memberships' });
    expect(found.says).toBe(
      `${login} is a member of ${role} by hallpass, and no request in the ledger explains it.`,
    );
    expect(ok).toBe(false);
    const revoked = await check(configured(server, [role], [login], { orphans: 'revoke' }), ledger);
    expect(revoked.findings.filter(({ about }) => about === 'memberships')).toMatchObject([
      { level: 'note', says: found.says, nextStep: expect.stringContaining('orphans: revoke') },
    ]);
    await server.sql(sqlOf(found));
    const after = await check(examined, ledger);
    expect(after.findings.filter(({ about }) => about === 'memberships')).toMatchObject([{ level: 'ok' }]);
    expect(after.findings.filter(({ about }) => about === 'clock')).toMatchObject([
      { level: 'ok', says: expect.stringMatching(/^The same as the ledger’s, within \d+s\.$/) },
    ]);
  });
});

const theLedger = aLedger();
const view = async () => {
  const { db } = await theLedger;
  return viewLedger(db);
};

describe.each(NEWEST)('what only Postgres $major is asked', (major) => {
  const used = useServer(major, { wal_level: 'replica' });

  test('a server that can’t be used is one failure, with its cause', async () => {
    const { server } = used;
    const { connect, mode } = server;
    const saying = async (change: Partial<typeof connect>) => {
      const report = await check(configured({ connect: { ...connect, ...change }, mode }, ['app_read']));
      expect(report).toMatchObject({ ok: false, summary: null });
      expect(report.findings).toHaveLength(1);
      return report.findings[0];
    };
    expect(await saying({ password: 'wrong' })).toMatchObject({
      about: 'connection',
      says: expect.stringMatching(/password/i),
      nextStep: expect.stringMatching(/./),
    });
    expect(await saying({ database: 'nowhere' })).toMatchObject({ says: expect.stringMatching(/nowhere/) });
    expect(await saying({ port: 1 })).toMatchObject({ says: expect.stringMatching(/reached|refused/) });
    expect(await saying({ tls: 'verify-full' })).toMatchObject({ says: expect.stringMatching(/TLS/) });
  });

  test('a guarded target on which nothing is installed', async () => {
    const { connect } = used.server;
    const { findings, ok } = await check(configured({ connect, mode: 'guarded' }, ['app_read']));
    expect(ok).toBe(false);
    expect(findings.filter(({ level }) => level === 'failure')).toEqual([
      {
        about: 'server',
        level: 'failure',
        says: 'The target is guarded, and its database hallpass is not there.',
        nextStep: expect.stringMatching(/`hallpass setup-sql shop`/),
      },
    ]);
  });

  test('what discover: finds is checked as what is listed', async () => {
    const { server } = used;
    await server.role('found_one');
    await server.role('found_two');
    await server.sql('ALTER ROLE found_two CREATEDB');
    const discover = [{ match: 'found_*', like: aRole('found_*') }];
    const { findings, summary } = await check(configured(server, ['found_three'], [], { discover }));
    expect(summary).toMatchObject({ grantable: 1, roles: 2 });
    const says = findings.filter(({ about }) => about === 'role').map((finding) => finding.says);
    expect(says).toEqual([
      'discover: finds 1 role (found_*): found_one.',
      'There is no role found_three on the server.',
      'found_one: can be granted; danger “read”: it can read 1 table.',
    ]);
  });

  test('a server of another kind than the configuration says', async () => {
    const { server } = used;
    await server.sql('CREATE ROLE rds_superuser');
    onTestFinished(async () => void (await server.sql('DROP ROLE rds_superuser')));
    const role = await server.role();
    const kinds = async (kind: 'self-managed' | 'aurora' | 'azure') => {
      const { findings } = await check(configured(server, [role], [], { kind }));
      return findings.filter(({ about }) => about === 'kind').map(({ level, nextStep }) => [level, nextStep]);
    };
    expect(await kinds('self-managed')).toEqual([['note', 'Write kind: rds or aurora.']]);
    expect(await kinds('azure')).toEqual([['note', 'Write kind: rds or aurora.']]);
    expect(await kinds('aurora')).toEqual([['ok', null]]);
  });

  test('standbys: one that follows, one that is none, one of another server, one that is down', async () => {
    const { server } = used;
    const role = await server.role();
    await server.sql('GRANT pg_read_all_stats, pg_signal_backend TO hallpass WITH INHERIT TRUE');
    const standby = await startStandby(server.cluster);
    onTestFinished(() => standby.stop());
    const other = await startCluster({ name: 'another', binaries: major.binaries });
    onTestFinished(() => other.close());
    await other.query(`CREATE ROLE hallpass LOGIN PASSWORD 'pass word'`);
    const at = (port: number) => ({ ...server.connect, port });

    const replicas = [at(standby.port), server.connect, at(other.port), at(1)];
    const examined = configured(server, [role], [], { replicas });
    const { findings } = await check(examined);
    const here = server.connect.host;
    expect(findings.filter(({ about }) => about === 'standby')).toMatchObject([
      { level: 'ok', says: `${here}:${standby.port} follows, and has replayed everything.` },
      {
        level: 'ok',
        says: `${here}:${server.connect.port} is the primary at present, and may become a standby.`,
      },
      { level: 'failure', says: expect.stringMatching(/belongs to another primary: its system identifier/) },
      { level: 'failure', says: expect.stringMatching(new RegExp(`^${here}:1: `)) },
    ]);

    await server.sql('CREATE TABLE replayed (n int)');
    await standby.catchUp();
    await standby.query('SELECT pg_wal_replay_pause()');
    const isPaused = async () =>
      (await standby.query("SELECT pg_get_wal_replay_pause_state() = 'paused' AS yes"))[0]?.yes === true;
    await waitFor(isPaused, { what: 'the replay to pause' });
    await server.sql('CREATE TABLE not_replayed (n int)');
    const paused = await check({
      ...examined,
      target: { ...examined.target, replicas: replicas.slice(0, 1) },
    });
    expect(paused.findings.filter(({ about }) => about === 'standby')).toMatchObject([
      {
        level: 'note',
        says: expect.stringMatching(/lags by \d+ kB of WAL \(it replayed what was committed at /),
      },
    ]);

    const onStandby = await check(configured({ connect: at(standby.port), mode: 'direct' }, [role]));
    expect(onStandby.summary).toMatchObject({ position: 'standby', grantable: 0 });
    expect(troubles(onStandby.findings)).toContain(
      'failure server: The server is a standby: roles are granted on its primary.',
    );
  });

  test('a ledger that can’t be read, or has no schema, is told by its reason', async () => {
    const { server } = used;
    const viewOf = async (url: string): Promise<LedgerView> => {
      const db = createPool(url, () => undefined);
      return viewLedger(db).finally(() => db.end());
    };
    expect(await viewOf('postgres://nobody@127.0.0.1:1/x')).toMatchObject({
      why: 'refused',
      error: {
        message: expect.stringMatching(
          /the ledger’s server \(127\.0\.0\.1:1\) is refused: nothing listens there.*ECONNREFUSED/,
        ),
      },
    });
    expect(await viewOf(server.cluster.url)).toEqual({ why: 'behind' });
  });
});

describe.each(NEWEST)('a guarded target on Postgres $major', (major) => {
  const used = useServer(major, {}, 'guarded');

  test('is right, until Hallpass’s login can get round the functions, or somebody grants as the owner', async () => {
    const { server } = used;
    const [role, login] = [await server.role(), await server.login()];
    const examined = configured(server, [role], [login]);
    const ledger = await view();
    const right = await check(examined, ledger);
    expect(troubles(right.findings)).toEqual([]);
    expect(right.summary).toMatchObject({ grantable: 1, roles: 1 });

    await server.sql(`CREATE ROLE mallory LOGIN; ALTER DATABASE ${DATABASE} OWNER TO mallory`);
    await server.sql(`ALTER DATABASE ${DATABASE} SET default_transaction_read_only = on`);
    const owned = (await check(examined, ledger)).findings.filter(({ about }) => about === 'database');
    expect(owned).toMatchObject([
      { level: 'failure', says: expect.stringContaining('mallory owns the database') },
      { level: 'failure', says: expect.stringContaining('default_transaction_read_only=on') },
    ]);
    await server.sql(`ALTER DATABASE ${DATABASE} RESET ALL`);
    for (const finding of owned.slice(0, 1)) await server.sql(sqlOf(finding));
    expect(troubles((await check(examined, ledger)).findings)).toEqual([]);

    await server.sql(`GRANT ${role} TO ${login} GRANTED BY hallpass_owner`);
    await server.sql('GRANT hallpass_owner TO hallpass');
    const { findings, summary } = await check(examined, ledger);
    expect(summary).toMatchObject({ grantable: 0 });
    const wrong = findings.filter(({ level }) => level !== 'ok');
    expect(wrong).toMatchObject([
      { level: 'failure', says: expect.stringMatching(/itself a member of the role hallpass_owner/) },
      {
        level: 'failure',
        says: expect.stringMatching(/by hallpass_owner, and no request in the ledger explains it/),
      },
    ]);
    for (const finding of wrong) await server.sql(sqlOf(finding));
    expect(troubles((await check(examined, ledger)).findings)).toEqual([]);
  });
});
