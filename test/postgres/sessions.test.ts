import pg from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createDirectTarget } from '../../src/postgres/direct/direct.js';
import type { OidPair, SessionsEnded, Target, ToEnd } from '../../src/postgres/target.js';
import { installedMajors } from '../support/majors.js';
import { waitFor } from '../support/wait-for.js';
import { useServer } from './server.js';

describe.each(installedMajors())('the sessions that a REVOKE leaves, on Postgres $major', (major) => {
  const used = useServer(major, { max_prepared_transactions: '5' });
  /** Before 16 every login may SET ROLE, so no session of it can be left. */
  const since16: (name: string, run: () => Promise<void>) => void =
    major.major >= 16 ? test : () => undefined;
  let target: Target;

  beforeAll(async () => {
    const options = major.major >= 16 ? ' WITH INHERIT TRUE, SET FALSE' : '';
    await used.server.sql(`GRANT pg_signal_backend, pg_read_all_stats TO hallpass${options}`);
    target = createDirectTarget(used.server.connect);
  });
  afterAll(() => target.close());

  /** A login that holds a role of its own, with a session. */
  async function holder({ setRole = false } = {}) {
    const { server } = used;
    const [role, login] = [await server.role(), await server.login()];
    await server.sql(`INSERT INTO ${role} SELECT generate_series(1, 3)`);
    const pair = await server.pair(role, login);
    const wish = { ...pair, requestId: 1, durationMs: 60_000, setRole };
    expect(await target.grant(server.id, [wish])).toMatchObject([{ outcome: 'granted' }]);
    return { role, login, pair, session: await session(login) };
  }

  async function session(login: string): Promise<pg.Client> {
    const connectionString = used.server.cluster.urlFor({ user: login, password: 'pass word' });
    const client = new pg.Client({ connectionString });
    client.on('error', () => undefined);
    await client.connect();
    onTestFinished(() => client.end().catch(() => undefined));
    return client;
  }

  async function revoke(pair: OidPair): Promise<void> {
    expect(await target.revoke(used.server.id, [pair])).toMatchObject([{ outcome: 'gone' }]);
  }

  async function end(pair: OidPair, more: Partial<ToEnd> = {}): Promise<SessionsEnded | undefined> {
    const wish: ToEnd = { ...pair, sessions: 'auto', setRole: false, users: [], before: null, ...more };
    return (await target.endSessions(used.server.id, [wish]))[0];
  }

  /** Ended by the administrator, as the session itself sees it. */
  const isOver = (client: pg.Client) =>
    client.query('SELECT 1').then(
      () => false,
      () => true,
    );

  test('an open transaction goes on reading after the REVOKE, until its session is ended', async () => {
    const { role, pair, session } = await holder();
    await session.query('BEGIN');
    const statement = { name: 'read', text: `SELECT count(*)::int AS n FROM ${role}` };
    // Postgres keeps one plan for all values from the sixth time on.
    for (let i = 0; i < 6; i++) await session.query(statement);
    await revoke(pair);
    expect((await session.query(statement)).rows).toEqual([{ n: 3 }]);
    expect(await end(pair)).toMatchObject({ ...pair, outcome: 'ended', closed: 1, prepared: [] });
    await expect(session.query(statement)).rejects.toThrow();
  });

  test('a cursor goes on, until its session is ended', async () => {
    const { role, pair, session } = await holder();
    await session.query(`BEGIN; DECLARE c CURSOR FOR SELECT * FROM ${role}; FETCH 1 FROM c`);
    await revoke(pair);
    expect((await session.query('FETCH 1 FROM c')).rows).toHaveLength(1);
    expect(await end(pair)).toMatchObject({ outcome: 'ended', closed: 1 });
    expect(await isOver(session)).toBe(true);
  });

  test('who became the role stays the role, until the session is ended', async () => {
    const { role, pair, session } = await holder({ setRole: true });
    await session.query(`SET ROLE ${role}`);
    await revoke(pair);
    expect((await session.query(`SELECT * FROM ${role}`)).rows).toHaveLength(3);
    expect(await end(pair, { setRole: true })).toMatchObject({ outcome: 'ended', closed: 1 });
    expect(await isOver(session)).toBe(true);
  });

  test('a running statement is ended', async () => {
    const { role, pair, session } = await holder();
    const running = session.query(`SELECT pg_sleep(60), n FROM ${role}`).catch(() => 'ended');
    await waitFor(
      async () =>
        (await used.server.sql("SELECT FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(60)%'"))
          .length > 0,
      { what: 'the statement to run' },
    );
    await revoke(pair);
    expect(await end(pair)).toMatchObject({ outcome: 'ended', closed: 1 });
    expect(await running).toBe('ended');
  });

  since16('an idle session that never became the role is left alone, and has nothing of it', async () => {
    const { role, pair, session } = await holder();
    await revoke(pair);
    expect(await end(pair)).toMatchObject({ outcome: 'ended', closed: 0 });
    await expect(session.query(`SELECT * FROM ${role}`)).rejects.toMatchObject({ code: '42501' });
    expect(await end(pair, { sessions: 'all' })).toMatchObject({ outcome: 'ended', closed: 1 });
    expect(await isOver(session)).toBe(true);
  });

  test('sessions and transactions that began later are left alone', async () => {
    const { pair, login, session: old } = await holder();
    await revoke(pair);
    const first = await end(pair, { sessions: 'all' });
    if (first?.outcome !== 'ended') throw new Error('not ended');
    expect(await isOver(old)).toBe(true);
    const later = await session(login);
    await later.query('BEGIN; SELECT 1');
    expect(await end(pair, { sessions: 'all', before: first.before })).toMatchObject({
      outcome: 'ended',
      before: first.before,
      closed: 0,
    });
    expect(await isOver(later)).toBe(false);
  });

  test('other logins are left alone', async () => {
    const { pair } = await holder();
    const other = await holder();
    await other.session.query('BEGIN; SELECT 1');
    await revoke(pair);
    await end(pair, { sessions: 'all' });
    expect(await isOver(other.session)).toBe(false);
  });

  test('without the rights, what is open is said, and is proved gone once it is closed', async () => {
    const { server } = used;
    await server.sql('REVOKE pg_signal_backend, pg_read_all_stats FROM hallpass');
    try {
      const { pair, session } = await holder();
      await session.query('BEGIN; SELECT 1');
      await revoke(pair);
      const answer = await end(pair);
      if (answer?.outcome !== 'open') throw new Error(`answered ${answer?.outcome}`);
      expect(answer.error.message).toBe(
        'The role is gone, but Hallpass may not end 1 session that began during the loan on the server.',
      );
      expect(answer.error.nextStep).toContain('GRANT pg_signal_backend, pg_read_all_stats TO');
      expect(answer.error.nextStep?.includes('WITH INHERIT TRUE')).toBe(major.major >= 16);
      await session.end();
      await waitFor(async () => (await end(pair, { before: answer.before }))?.outcome === 'ended', {
        what: 'the closed session to be seen as gone',
      });
    } finally {
      const options = server.grantorsCount ? ' WITH INHERIT TRUE, SET FALSE' : '';
      await server.sql(`GRANT pg_signal_backend, pg_read_all_stats TO hallpass${options}`);
    }
  });

  test('a prepared transaction is reported, because only its owner can revoke it', async () => {
    const { pair, session } = await holder();
    await session.query('BEGIN; CREATE TEMP TABLE x (n int); DROP TABLE x; ROLLBACK; BEGIN; SELECT 1');
    await session.query(`PREPARE TRANSACTION 'left of ${pair.memberOid}'`);
    onTestFinished(async () => {
      await used.server.sql(`ROLLBACK PREPARED 'left of ${pair.memberOid}'`);
    });
    await revoke(pair);
    expect(await end(pair)).toMatchObject({ outcome: 'ended', prepared: [`left of ${pair.memberOid}`] });
  });

  test('the sessions of a login that was dropped are ended', async () => {
    const { login, pair, session } = await holder();
    await session.query('BEGIN; SELECT 1');
    await used.server.sql(`DROP ROLE ${login}`);
    expect(await target.revoke(used.server.id, [pair])).toMatchObject([{ outcome: 'dropped' }]);
    expect(await end(pair)).toMatchObject({ outcome: 'ended', closed: 1 });
    expect(await isOver(session)).toBe(true);
  });

  test('hundreds of logins are one question', async () => {
    const one = await holder();
    const pairs = Array.from({ length: 1_200 }, (_, i) => ({
      roleOid: one.pair.roleOid,
      memberOid: 900_000 + i,
    }));
    await revoke(one.pair);
    const answers = await target.endSessions(
      used.server.id,
      [...pairs, one.pair].map((pair) => ({
        ...pair,
        sessions: 'all',
        setRole: false,
        users: [],
        before: null,
      })),
    );
    expect(answers).toHaveLength(1_201);
    expect(answers.every(({ outcome }) => outcome === 'ended')).toBe(true);
    expect(await isOver(one.session)).toBe(true);
  });
});
