import pg from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { neutralise, startProxy } from '../../sandbox/postgres/proxy.js';
import { createDirectTarget } from '../../src/postgres/direct/direct.js';
import { quoteName } from '../../src/postgres/quote.js';
import type { OidPair, Target } from '../../src/postgres/target.js';
import { installedMajors } from '../support/majors.js';
import { waitFor } from '../support/wait-for.js';
import { useServer } from './server.js';

const modes = (['direct', 'guarded'] as const).flatMap((mode) =>
  installedMajors().map((major) => ({ ...major, mode })),
);

describe.each(modes)('$mode mode on Postgres $major', ({ mode, ...major }) => {
  const used = useServer(major, {}, mode);
  /** Before 16 a membership has a single row, so what these tests show does not exist there. */
  const since16: (name: string, run: () => Promise<void>) => void =
    major.major >= 16 ? test : () => undefined;
  let target: Target;
  beforeAll(() => {
    target = used.server.open();
  });
  afterAll(() => target.close());

  const take = (pairs: readonly OidPair[]) => target.revoke(used.server.id, pairs);
  const grant = (pairs: readonly OidPair[]) =>
    target.grant(
      used.server.id,
      pairs.map((pair) => used.server.wish(pair)),
    );

  /** A superuser's session, to hold a transaction open. */
  async function dba(): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: used.server.cluster.url });
    await client.connect();
    onTestFinished(() => client.end());
    return client;
  }

  test('what is granted can be used, and what is revoked cannot', async () => {
    const { server } = used;
    const role = await server.role();
    const login = await server.login();
    const { server: seen, facts } = await target.look([{ role, login }]);
    expect(seen).toEqual({
      id: server.id,
      version: server.version,
      inRecovery: false,
      timeline: 1,
      startedAt: expect.any(Number),
      lsn: expect.any(Number),
      login: 'hallpass',
      grantor: server.grantor,
      grantorOid: expect.any(Number),
      unfit: null,
      isOutdated: false,
    });
    const pair = await server.pair(role, login);
    expect(facts).toMatchObject([{ ...pair, role, login, mayGrant: true, ours: false, held: null }]);
    expect(await server.canRead(login, role)).toBe(false);

    const [grantor] = await server.sql('SELECT oid FROM pg_roles WHERE rolname = $1', [server.grantor]);
    expect(seen.grantorOid).toBe(grantor?.oid);
    const wish = server.wish(pair);
    const granted = [
      {
        ...pair,
        outcome: 'granted',
        grantorOid: grantor?.oid,
        mark: expect.stringMatching(/^\d+$/),
        users: [],
      },
    ];
    expect(await target.grant(server.id, [wish])).toEqual(granted);
    expect(await server.canRead(login, role)).toBe(true);
    if (server.grantorsCount) {
      await expect(server.as(login, `SET ROLE ${role}`)).rejects.toMatchObject({ code: '42501' });
      await expect(server.as(login, `GRANT ${role} TO postgres`)).rejects.toMatchObject({ code: '42501' });
    }
    expect(await target.grant(server.id, [wish])).toEqual(granted);
    expect((await target.look([{ role, login }])).facts).toMatchObject([{ ours: true, held: null }]);
    const listed = { ...pair, role, login, setRole: !server.grantorsCount, users: [] };
    expect((await target.list()).memberships).toContainEqual(listed);

    expect(await take([pair])).toEqual([{ ...pair, outcome: 'gone', stillHeld: false, users: [] }]);
    expect(await server.canRead(login, role)).toBe(false);
    expect(await take([pair])).toEqual([{ ...pair, outcome: 'absent', stillHeld: false, users: [] }]);
    expect((await target.list()).memberships).not.toContainEqual(listed);
  });

  test('what is extended is shown to be there, and is not granted again when it is not', async () => {
    const { server } = used;
    const [role, kept, taken] = [await server.role(), await server.login(), await server.login()];
    const wishes = [
      server.wish(await server.pair(role, kept), { durationMs: 60_000 }),
      server.wish(await server.pair(role, taken), { durationMs: 60_000 }),
    ];
    await target.grant(server.id, wishes);
    const by = server.grantorsCount ? `GRANTED BY ${server.grantor}` : '';
    await server.sql(`REVOKE ${role} FROM ${taken} ${by}`);
    const longer = wishes.map((wish) => ({ ...wish, durationMs: 120_000 }));
    expect(await target.extend(server.id, longer)).toMatchObject([
      { outcome: 'extended' },
      { outcome: 'missing' },
    ]);
    expect(await server.canRead(kept, role)).toBe(true);
    expect(await server.canRead(taken, role)).toBe(false);
    await expect(target.extend('1', longer)).rejects.toMatchObject({ kind: 'other_server' });
    await take(wishes);
  });

  test('a login that does not inherit can use what is granted', async () => {
    const { server } = used;
    const role = await server.role();
    const login = await server.login();
    await server.sql(`ALTER ROLE ${login} NOINHERIT`);
    const pair = await server.granted(target, role, login);
    // Before 16, inheriting is the login's own attribute, and SET ROLE is open to every member.
    if (server.grantorsCount) expect(await server.canRead(login, role)).toBe(true);
    else await server.as(login, `SET ROLE ${role}`);
    expect(await take([pair])).toMatchObject([{ outcome: 'gone' }]);
    expect(await server.canRead(login, role)).toBe(false);
  });

  test('a membership that somebody else granted is neither doubled nor taken', async () => {
    const { server } = used;
    const role = await server.role();
    const login = await server.login();
    await server.sql(`GRANT ${role} TO ${login}`);
    const pair = await server.pair(role, login);
    expect((await target.look([{ role, login }])).facts).toMatchObject([
      { ours: false, held: { how: 'direct', via: 'postgres' } },
    ]);
    expect(await grant([pair])).toEqual([{ ...pair, outcome: 'held', via: 'postgres' }]);
    expect(await take([pair])).toEqual([{ ...pair, outcome: 'absent', stillHeld: true, users: [] }]);
    expect(await server.grantors(pair)).toEqual(['postgres']);
    expect(await server.canRead(login, role)).toBe(true);
  });

  test('a role that is held through a group is not granted', async () => {
    const { server } = used;
    const role = await server.role();
    const login = await server.login();
    const [team, staff] = [await server.role(), await server.role()];
    await server.sql(`GRANT ${role} TO ${team}`);
    await server.sql(`GRANT ${team} TO ${staff}`);
    await server.sql(`GRANT ${staff} TO ${login}`);
    const pair = await server.pair(role, login);
    expect((await target.look([{ role, login }])).facts).toMatchObject([
      { held: { how: 'through', via: staff } },
    ]);
    expect(await grant([pair])).toEqual([{ ...pair, outcome: 'held', via: staff }]);
    expect(await server.grantors(pair)).toEqual([]);

    await server.sql(`REVOKE ${staff} FROM ${login}`);
    expect(await grant([pair])).toMatchObject([{ outcome: 'granted' }]);
    await server.sql(`GRANT ${staff} TO ${login}`);
    expect((await target.look([{ role, login }])).facts).toMatchObject([
      { ours: true, held: { via: staff } },
    ]);
    expect(await take([pair])).toEqual([{ ...pair, outcome: 'gone', stillHeld: true, users: [] }]);
    expect(await server.canRead(login, role)).toBe(true);
  });

  test('a role that Hallpass itself granted is not held by somebody else', async () => {
    const { server } = used;
    const [role, team] = [await server.role(), await server.role()];
    const login = await server.login();
    await server.sql(`GRANT ${role} TO ${team}`);
    await server.granted(target, team, login);
    const pair = await server.granted(target, role, login);
    expect(await take([pair])).toEqual([{ ...pair, outcome: 'gone', stillHeld: false, users: [] }]);
  });

  test('a superuser group gives its members nothing to hold', async () => {
    const { server } = used;
    const role = await server.role();
    const login = await server.login();
    const admins = await server.role();
    await server.sql(`ALTER ROLE ${admins} SUPERUSER`);
    await server.sql(`GRANT ${admins} TO ${login}`);
    expect(await server.canRead(login, role)).toBe(false);
    expect((await target.look([{ role, login }])).facts).toMatchObject([{ held: null }]);
  });

  test('a membership that is made for good at the same moment wins', async () => {
    const { server } = used;
    const role = await server.role();
    const login = await server.login();
    const pair = await server.pair(role, login);
    const client = await dba();
    await client.query('BEGIN');
    await client.query(`GRANT ${role} TO ${login}`);
    const answer = grant([pair]);
    await server.hallpassWaits();
    await client.query('COMMIT');
    if (server.grantorsCount) expect(await answer).toMatchObject([{ outcome: 'held' }]);
    else expect(await answer).toMatchObject([{ outcome: 'failed', error: { passing: true } }]);
    expect(await grant([pair])).toEqual([{ ...pair, outcome: 'held', via: 'postgres' }]);
    expect(await server.grantors(pair)).toEqual(['postgres']);
  });

  since16('a membership that is made for good during the loan survives it', async () => {
    const { server } = used;
    const role = await server.role();
    const login = await server.login();
    const pair = await server.granted(target, role, login);
    await server.sql(`GRANT ${role} TO ${login}`);
    expect(await grant([pair])).toMatchObject([{ outcome: 'granted' }]);
    expect(await take([pair])).toEqual([{ ...pair, outcome: 'gone', stillHeld: true, users: [] }]);
    expect(await server.canRead(login, role)).toBe(true);
  });

  test('a role and a login are what they are, whatever they are called by now', async () => {
    const { server } = used;
    const [role, login] = [await server.role(), await server.login()];
    const pair = await server.granted(target, role, login);
    await server.sql(`ALTER ROLE ${role} RENAME TO ${role}_old`);
    await server.sql(`ALTER ROLE ${login} RENAME TO ${login}_old`);
    await server.sql(`CREATE ROLE ${role}`);
    await server.login(login);
    await server.sql(`GRANT ${role} TO ${login}`);
    expect(await server.canRead(`${login}_old`, role)).toBe(true);
    expect(await take([pair])).toEqual([{ ...pair, outcome: 'gone', stillHeld: false, users: [] }]);
    expect(await server.canRead(`${login}_old`, role)).toBe(false);
    expect(await server.grantors(await server.pair(role, login))).toEqual(['postgres']);
  });

  test('a dropped role or login is not there to be taken from or granted to', async () => {
    const { server } = used;
    const [role, other] = [await server.role(), await server.role()];
    const [login, kept] = [await server.login(), await server.login()];
    const pairs = [
      await server.granted(target, role, login),
      await server.granted(target, role, kept),
      await server.granted(target, other, kept),
    ];
    await server.sql(`DROP ROLE ${login}`);
    await server.sql(`DROP TABLE ${other}`);
    await server.sql(`DROP ROLE ${other}`);
    const answers = await take(pairs);
    expect(answers.map(({ outcome }) => outcome)).toEqual(['dropped', 'gone', 'dropped']);
    expect(await server.canRead(kept, role)).toBe(false);
    const refused = await grant(pairs.filter((_, i) => i !== 1));
    expect(refused).toMatchObject([
      { outcome: 'failed', error: { passing: false, message: expect.stringContaining('no login') } },
      { outcome: 'failed', error: { passing: false, message: expect.stringContaining('no role') } },
    ]);
  });

  test.each([
    ['quotes and spaces', 'we"ird rôle; DROP ROLE x --', " o'brien "],
    ['keywords', 'session_user', 'current_user'],
    ['case', 'MixedCase', 'mixedcase'],
    ['other alphabets', 'роль_読む', 'алиса🦜'],
    ['63 bytes', `${'é'.repeat(31)}x`, 'l'.repeat(63)],
  ])('names with %s are granted, used and revoked', async (_, role, login) => {
    const { server } = used;
    await server.role(role);
    await server.login(login);
    const pair = await server.pair(role, login);
    expect((await target.look([{ role, login }])).facts).toMatchObject([{ ...pair, mayGrant: true }]);
    expect(await grant([pair])).toMatchObject([{ outcome: 'granted' }]);
    expect(await server.canRead(login, role)).toBe(true);
    expect(await server.grantors(pair)).toEqual([server.grantor]);
    expect(await take([pair])).toMatchObject([{ outcome: 'gone' }]);
    expect(await server.canRead(login, role)).toBe(false);
  });

  test('a name that Postgres would cut, or cannot take, is no other role’s name', async () => {
    const { server } = used;
    const role = await server.role('r'.repeat(63));
    const login = await server.login('é'.repeat(31));
    const none = { roleOid: null, memberOid: null, mayGrant: false, ours: false, held: null };
    const names = [
      { role: `${role}eadonly`, login: `${login}é` },
      { role: `${role}\0`, login: '' },
      { role: role.toUpperCase(), login: `${login} ` },
    ];
    const { facts } = await target.look([...names, { role, login }]);
    expect(facts.slice(0, 3)).toMatchObject(names.map((pair) => ({ ...pair, ...none })));
    expect(facts[3]).toMatchObject(await server.pair(role, login));
  });

  if (mode === 'direct')
    test('a REVOKE that took nothing away is noticed, and so is a GRANT that gave nothing', async () => {
      const { server } = used;
      const [role, login] = [await server.role(), await server.login()];
      const pair = await server.granted(target, role, login);
      const proxy = await startProxy(server.connect);
      onTestFinished(() => proxy.close());
      const far = createDirectTarget({ ...server.connect, port: proxy.port });
      onTestFinished(() => far.close());

      proxy.toServer = (chunk) => neutralise(chunk, 'REVOKE');
      expect(await far.revoke(server.id, [pair])).toMatchObject([
        { outcome: 'failed', error: { passing: true } },
      ]);
      expect(await server.canRead(login, role)).toBe(true);
      proxy.heal();
      expect(await far.revoke(server.id, [pair])).toMatchObject([{ outcome: 'gone' }]);

      proxy.toServer = (chunk) => neutralise(chunk, 'GRANT');
      expect(await far.grant(server.id, [server.wish(pair)])).toMatchObject([
        { outcome: 'failed', error: { passing: true } },
      ]);
      proxy.heal();
      expect(await far.grant(server.id, [server.wish(pair)])).toMatchObject([{ outcome: 'granted' }]);
    });

  if (mode === 'direct')
    test('what was not revoked is not committed, and the rest of its batch is', async () => {
      const { server } = used;
      const role = await server.role();
      const logins = [await server.login(), await server.login(), await server.login()];
      const pairs: OidPair[] = [];
      for (const login of logins) pairs.push(await server.granted(target, role, login));
      const proxy = await startProxy(server.connect);
      onTestFinished(() => proxy.close());
      const far = createDirectTarget({ ...server.connect, port: proxy.port });
      onTestFinished(() => far.close());

      // Each REVOKE that names the second login does nothing.
      let hurt = false;
      let committed = false;
      proxy.toServer = (chunk) => {
        const statement = chunk.indexOf(`"${logins[1]}"`) < 0 ? chunk : neutralise(chunk, 'REVOKE');
        if (statement !== chunk) hurt = true;
        else if (hurt && chunk.includes('COMMIT')) committed = true;
        else if (chunk.includes('ROLLBACK')) hurt = false;
        return statement;
      };
      expect(await far.revoke(server.id, pairs)).toMatchObject([
        { outcome: 'gone' },
        { outcome: 'failed', error: { passing: true } },
        { outcome: 'gone' },
      ]);
      expect(committed).toBe(false);
      expect(await Promise.all(logins.map((login) => server.canRead(login, role)))).toEqual([
        false,
        true,
        false,
      ]);
    });

  since16('one login that fails keeps no other in access', async () => {
    const { server } = used;
    const role = await server.role();
    const pairs: OidPair[] = [];
    for (let i = 0; i < 7; i += 1) pairs.push(await server.granted(target, role, await server.login()));
    const [bad, further] = [await server.login(), await server.login()];
    const badPair = await server.granted(target, role, bad);
    await server.sql(`GRANT ${role} TO ${bad} WITH ADMIN TRUE GRANTED BY ${server.grantor}`);
    await server.as(bad, `GRANT ${role} TO ${further}`);

    const answers = await take([...pairs.slice(0, 4), badPair, ...pairs.slice(4)]);
    const answerOf = new Map(answers.map((answer) => [answer.memberOid, answer]));
    for (const pair of pairs) {
      expect(answerOf.get(pair.memberOid)).toMatchObject({ outcome: 'gone' });
      expect(await server.grantors(pair)).toEqual([]);
    }
    expect(answerOf.get(badPair.memberOid)).toMatchObject({
      outcome: 'failed',
      error: { kind: 'not_permitted', message: expect.stringContaining('granted the role to others') },
    });
    await server.sql(`REVOKE ${role} FROM ${further} GRANTED BY ${bad}`);
    expect(await take([badPair])).toMatchObject([{ outcome: 'gone' }]);
  });

  test('a membership that goes at the same moment is gone, with the rest of its batch', async () => {
    const { server } = used;
    const role = await server.role();
    const pairs: OidPair[] = [];
    const logins = [await server.login(), await server.login(), await server.login()];
    for (const login of logins) pairs.push(await server.granted(target, role, login));
    const client = await dba();
    await client.query('BEGIN');
    const by = server.grantorsCount ? `GRANTED BY ${server.grantor}` : '';
    await client.query(`REVOKE ${role} FROM ${logins[1]} ${by}`);
    const answers = take(pairs);
    await server.hallpassWaits();
    await client.query('COMMIT');
    for (const { outcome } of await answers) expect(outcome).toMatch(/gone|absent/);
    for (const pair of pairs) expect(await server.grantors(pair)).toEqual([]);
  });

  test('a role that somebody has locked delays no other, and goes last the next time', async () => {
    const { server } = used;
    const [locked, free] = [await server.role(), await server.role()];
    const [ann, bob] = [await server.login(), await server.login()];
    const lockedPair = await server.granted(target, locked, ann);
    const freePairs = [await server.granted(target, free, ann), await server.granted(target, free, bob)];
    const [first, second] = freePairs;
    if (first === undefined || second === undefined) throw new Error('two were granted');
    const client = await dba();
    await client.query('BEGIN');
    await client.query(
      `REVOKE ${locked} FROM ${ann} ${server.grantorsCount ? `GRANTED BY ${server.grantor}` : ''}`,
    );

    const answers = await take([lockedPair, first]);
    expect(answers).toMatchObject([
      { ...lockedPair, outcome: 'failed', error: { kind: 'blocked', passing: true } },
      { ...first, outcome: 'gone' },
    ]);
    expect(await server.canRead(ann, free)).toBe(false);

    const again = take([lockedPair, second]);
    await server.hallpassWaits();
    expect(await server.canRead(bob, free)).toBe(false);
    await client.query('ROLLBACK');
    expect(await again).toMatchObject([{ ...second, outcome: 'gone' }, lockedPair]);
    await waitFor(async () => (await take([lockedPair]))[0]?.outcome !== 'failed', {
      what: 'the lock to end',
    });
    expect(await server.canRead(ann, locked)).toBe(false);
  });

  test('2,000 are revoked in one call, and not one more', async () => {
    const { server } = used;
    const role = await server.role();
    const names = Array.from({ length: 2_001 }, (_, i) => `of_many_${i}`);
    await server.sql(names.map((name) => `CREATE ROLE ${name} LOGIN`).join(';'));
    await server.sql(`SET ROLE ${server.grantor}; GRANT ${role} TO ${names.join(', ')}`);
    const { memberships } = await target.list();
    const pairs = memberships.filter((m) => m.role === role && m.login !== 'of_many_0');
    expect(pairs).toHaveLength(2_000);
    const answers = await take(pairs);
    expect(answers).toHaveLength(2_000);
    expect(answers.filter(({ outcome }) => outcome !== 'gone')).toEqual([]);
    const left = await server.sql(
      'SELECT member::regrole::text AS login FROM pg_auth_members WHERE roleid = $1::regrole AND member <> $2::regrole',
      [role, server.grantor],
    );
    expect(left).toEqual([{ login: 'of_many_0' }]);
  });

  test('nothing is done on another server', async () => {
    const { server } = used;
    const [role, login] = [await server.role(), await server.login()];
    const pair = await server.granted(target, role, login);
    const free = await server.pair(role, await server.login());
    const elsewhere = { kind: 'other_server', passing: false, message: expect.stringContaining(server.id) };
    await expect(target.revoke('7', [pair])).rejects.toMatchObject(elsewhere);
    await expect(target.grant('7', [server.wish(free)])).rejects.toMatchObject(elsewhere);
    expect(await server.grantors(pair)).toEqual([server.grantor]);
    expect(await server.grantors(free)).toEqual([]);
  });
});

test('a name that no role can have is never quoted', () => {
  expect(quoteName('a"b')).toBe('"a""b"');
  for (const name of ['', 'x'.repeat(64), 'é'.repeat(32), 'a\0b']) expect(() => quoteName(name)).toThrow();
});
