import { describe, expect, onTestFinished, test } from 'vitest';
import { runSql } from '../../../sandbox/postgres/server-access.js';
import { createGuardedTarget } from '../../../src/postgres/guarded/guarded.js';
import { DATABASE, PEOPLE } from '../../../src/postgres/guarded/names.js';
import { installedMajors } from '../../support/majors.js';
import { useServer } from '../server.js';
import { installFirstRelease, installGuarded } from './install.js';

describe.each(installedMajors())('a target that an older release set up, on Postgres $major', (major) => {
  const used = useServer(major);

  test('it is told, revokes, and is brought up to date with what is granted', async () => {
    const { server } = used;
    await installFirstRelease(server.cluster);
    const target = createGuardedTarget({ ...server.connect, database: DATABASE });
    onTestFinished(() => target.close());
    const how = server.grantorsCount ? 'ADMIN TRUE, INHERIT FALSE, SET FALSE' : 'ADMIN OPTION';
    const role = await server.role();
    await server.sql(`REVOKE ${role} FROM hallpass; GRANT ${role} TO hallpass_owner WITH ${how}`);
    const [first, second, third] = [await server.login(), await server.login(), await server.login()];
    const pairs = [await server.pair(role, first), await server.pair(role, second)] as const;
    await runSql(
      server.cluster.urlFor({ user: 'hallpass', password: 'pass word', database: DATABASE }),
      `SELECT * FROM hallpass.lend('{7,8}', '{${pairs.map(({ roleOid }) => roleOid)}}',
                                   '{${pairs.map(({ memberOid }) => memberOid)}}', '{7200000,7200000}', '{f,f}')`,
    );

    const old = await target.look([{ role, login: third }]);
    expect(old.server.unfit).toContain('hallpass setup-sql');
    const wish = server.wish(await server.pair(role, third));
    expect(await target.grant(server.id, [wish])).toMatchObject([
      { outcome: 'failed', error: { message: expect.stringContaining('hallpass setup-sql') } },
    ]);
    // What stands there is revoked all the same.
    expect(await target.revoke(server.id, [pairs[0]])).toMatchObject([{ outcome: 'gone' }]);
    const end = { ...pairs[0], sessions: 'auto', setRole: false, users: [], before: null } as const;
    expect(await target.endSessions(server.id, [end])).toMatchObject([{ outcome: 'ended' }]);
    expect((await target.list()).memberships).toMatchObject([pairs[1]]);

    for (const _ of ['once', 'twice']) await installGuarded(server.cluster);
    expect((await target.look([])).server.unfit).toBeNull();
    expect(await server.canRead(second, role)).toBe(true);
    const open = await server.cluster.query(
      `SELECT request_id::int, by_set, round(extract(epoch FROM expires_at - granted_at))::int AS lasts
         FROM hallpass.grants WHERE sessions_ended_at IS NULL`,
      [],
      DATABASE,
    );
    expect(open).toEqual([{ request_id: 8, by_set: !server.grantorsCount, lasts: 7_200 }]);

    // Whom nobody has put into the group keeps what is granted, and gets nothing more.
    const extend = { ...pairs[1], requestId: 8, durationMs: 9_000_000 };
    expect(await target.extend(server.id, [extend])).toMatchObject([
      { outcome: 'failed', error: { message: expect.stringContaining(PEOPLE) } },
    ]);
    await server.sql(`GRANT ${PEOPLE} TO ${second}`);
    expect(await target.extend(server.id, [extend])).toMatchObject([{ outcome: 'extended' }]);
    expect(await target.revoke(server.id, [pairs[1]])).toMatchObject([{ outcome: 'gone' }]);
    expect(await server.canRead(second, role)).toBe(false);
  });
});
