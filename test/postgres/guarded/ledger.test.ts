import pg from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { startProxy } from '../../../sandbox/postgres/proxy.js';
import { createGuardedTarget } from '../../../src/postgres/guarded/guarded.js';
import { DATABASE } from '../../../src/postgres/guarded/names.js';
import type { OidPair, Target } from '../../../src/postgres/target.js';
import { installedMajors } from '../../support/majors.js';
import { useServer } from '../server.js';

describe.each(installedMajors())('what a guarded target remembers, on Postgres $major', (major) => {
  const used = useServer(major, {}, 'guarded');
  let target: Target;
  beforeAll(() => {
    target = used.server.open();
  });
  afterAll(() => target.close());

  const inside = (sql: string, params: readonly unknown[] = []) =>
    used.server.cluster.query(sql, params, DATABASE);
  const open = (pair: OidPair) =>
    inside('SELECT FROM hallpass.grants WHERE role_oid = $1 AND member_oid = $2 AND ended_at IS NULL', [
      pair.roleOid,
      pair.memberOid,
    ]);

  test('an id is good for one pair, once; asked again, it answers as before', async () => {
    const { server } = used;
    const role = await server.role();
    const [login, other] = [await server.login(), await server.login()];
    const wish = server.wish(await server.pair(role, login));
    const elsewhere = { ...wish, ...(await server.pair(role, other)) };
    const [first] = await target.grant(server.id, [wish]);
    expect(first).toMatchObject({ outcome: 'granted' });
    expect(await target.grant(server.id, [wish])).toEqual([first]);

    const refused = (what: string) => [
      { outcome: 'failed', error: { passing: false, message: expect.stringContaining(what) } },
    ];
    expect(await target.grant(server.id, [elsewhere])).toMatchObject(refused('something else'));
    expect(await server.grantors(elsewhere)).toEqual([]);
    await target.revoke(server.id, [wish]);
    expect(await target.grant(server.id, [wish])).toMatchObject(refused('has ended'));
    expect(await server.grantors(wish)).toEqual([]);
  });

  test('one wish that fails keeps no other of its call from being granted', async () => {
    const { server } = used;
    const role = await server.role();
    const pairs: OidPair[] = [];
    for (let i = 0; i < 3; i += 1) pairs.push(await server.pair(role, await server.login()));
    const wishes = pairs.map((pair, i) => server.wish(pair, i === 1 ? { durationMs: 86_400_000 } : {}));
    const answers = await target.grant(server.id, wishes);
    expect(answers.map(({ outcome }) => outcome)).toEqual(['granted', 'failed', 'granted']);
    const grantors = await Promise.all(pairs.map((pair) => server.grantors(pair)));
    expect(grantors.map(({ length }) => length)).toEqual([1, 0, 1]);
  });

  test.each(['COMMIT', 'hallpass.grant'])(
    'a connection cut at %s leaves the id and the membership both, or neither',
    async (at) => {
      const { server } = used;
      const proxy = await startProxy(server.connect);
      onTestFinished(() => proxy.close());
      const far = createGuardedTarget({ ...server.connect, port: proxy.port });
      onTestFinished(() => far.close());
      const pair = await server.pair(await server.role(), await server.login());
      const wish = server.wish(pair);
      for (const side of ['toServer', 'toClient'] as const) {
        // The server's answer to COMMIT is its command tag; to a query, it names the function no more.
        if (side === 'toClient' && at !== 'COMMIT') continue;
        proxy[side] = (chunk, link) => {
          if (!chunk.includes(at)) return chunk;
          link.cut();
          return null;
        };
        await expect(far.grant(server.id, [wish])).rejects.toMatchObject({ kind: 'cut', ambiguous: true });
        proxy.heal();
        const done = side === 'toClient' ? 1 : 0;
        expect(await server.grantors(pair)).toHaveLength(done);
        expect(await open(pair)).toHaveLength(done);
      }
      expect(await far.grant(server.id, [wish])).toMatchObject([{ outcome: 'granted' }]);
      expect(await open(pair)).toHaveLength(1);
    },
  );

  test('forty at once: what is remembered and what is granted agree, and nothing else was touched', async () => {
    const { server } = used;
    const roles = [await server.role(), await server.role(), await server.role()];
    const logins = [await server.login(), await server.login(), await server.login()];
    const friend = await server.login();
    const pairs: OidPair[] = [];
    for (const role of roles) {
      for (const login of logins) pairs.push(await server.pair(role, login));
      await server.sql(`GRANT ${role} TO ${friend}`);
      pairs.push(await server.pair(role, friend));
    }
    const errors: unknown[] = [];
    const worker = async (n: number) => {
      const client = new pg.Client({
        connectionString: server.cluster.urlFor({
          user: 'hallpass',
          password: 'pass word',
          database: DATABASE,
        }),
      });
      await client.connect();
      for (let i = 0; i < 25; i += 1) {
        const pair = pairs[Math.floor(Math.random() * pairs.length)];
        if (pair === undefined) throw new Error('there are pairs');
        const { requestId, roleOid, memberOid } = server.wish(pair);
        const ms = Math.random() < 0.5 ? 20 : 60_000;
        const calls: readonly (readonly [string, ...unknown[]])[] = [
          ['grant($1, $2, $3, $4, $5)', [requestId], [roleOid], [memberOid], [ms], [false]],
          ['revoke($1, $2)', [roleOid], [memberOid]],
          ['extend($1, $2)', [Math.max(1, requestId - 30)], [120_000]],
          ['sweep()'],
        ];
        const [call, ...values] = calls[(i + n) % calls.length] ?? ['sweep()'];
        await client.query(`SELECT * FROM hallpass.${call}`, values).catch((error) => errors.push(error));
      }
      await client.end();
    };
    await Promise.all(Array.from({ length: 40 }, (_, n) => worker(n)));
    expect(errors).toEqual([]);
    const differences = await inside(
      `SELECT coalesce(g.role_oid, m.roleid) AS role, coalesce(g.member_oid, m.member) AS member
         FROM (SELECT * FROM hallpass.grants WHERE ended_at IS NULL) g
         FULL JOIN (SELECT * FROM pg_auth_members WHERE grantor = 'hallpass_owner'::regrole) m
           ON m.roleid = g.role_oid AND m.member = g.member_oid
        WHERE g.role_oid IS NULL OR m.roleid IS NULL`,
    );
    expect(differences).toEqual([]);
    const [counts] = await inside(
      "SELECT count(*) FILTER (WHERE end_state = 'revoked')::int AS revoked, count(*)::int AS granted FROM hallpass.grants",
    );
    expect(Number(counts?.granted)).toBeGreaterThan(100);
    expect(Number(counts?.revoked)).toBeGreaterThan(20);
    for (const role of roles) {
      expect(await server.grantors(await server.pair(role, friend))).toEqual(['postgres']);
    }
  });
});
