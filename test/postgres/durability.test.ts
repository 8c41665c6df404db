/** What was proved on a target survives a crash of its server, whatever the server's default for commits is. */
import { describe, expect, onTestFinished, test } from 'vitest';
import { installedMajors } from '../support/majors.js';
import { useServer } from './server.js';

const ON_EACH = installedMajors().flatMap((major) =>
  (['direct', 'guarded'] as const).map((mode) => ({ ...major, mode })),
);
/** Nothing but a commit that asks for it writes the log within this time. */
const LAZY = { synchronous_commit: 'off', wal_writer_delay: '10s', wal_writer_flush_after: '0' };

describe.each(ON_EACH)('on Postgres $major, $mode, with synchronous_commit = off', (major) => {
  const used = useServer(major, LAZY, major.mode);

  test('a proved REVOKE survives a crash', async () => {
    const { server } = used;
    const [role, login] = [await server.role(), await server.login()];
    const target = server.open();
    onTestFinished(() => target.close());
    const pair = await server.granted(target, role, login);
    await server.sql('CHECKPOINT');
    expect(await target.revoke(server.id, [pair])).toMatchObject([{ outcome: 'gone' }]);
    await server.cluster.kill();
    await server.cluster.start();
    expect(await server.grantors(pair)).toEqual([]);
    expect(await server.canRead(login, role)).toBe(false);
  });

  test('what waits for a standby is not made to wait for less', async () => {
    const { server } = used;
    await server.sql("ALTER ROLE hallpass SET synchronous_commit = 'remote_apply'");
    await server.sql("ALTER SYSTEM SET synchronous_standby_names = 'away'");
    await server.sql('SELECT pg_reload_conf()');
    const target = server.open();
    onTestFinished(async () => {
      await target.close();
      await server.sql('ALTER ROLE hallpass RESET synchronous_commit');
    });
    const pair = await server.pair(await server.role(), await server.login());
    const terms = target.grant(server.id, [server.wish(pair)]);
    terms.catch(() => undefined);
    await expect
      .poll(() => server.sql("SELECT FROM pg_stat_activity WHERE wait_event = 'SyncRep'"))
      .toHaveLength(1);
    await server.sql('ALTER SYSTEM RESET synchronous_standby_names');
    await server.sql('SELECT pg_reload_conf()');
    expect(await terms).toMatchObject([{ outcome: 'granted' }]);
  });
});
