/** Servers of one system identifier, told apart: by every major, in both modes, as Hallpass's own plain login. */
import { describe, expect, onTestFinished, test } from 'vitest';
import { createDirectTarget } from '../../src/postgres/direct/direct.js';
import { createGuardedTarget } from '../../src/postgres/guarded/guarded.js';
import { startCopy } from '../support/copy.js';
import { installedMajors } from '../support/majors.js';
import { startStandby } from '../support/standby.js';
import { useServer } from './server.js';

const modes = (['direct', 'guarded'] as const).flatMap((mode) =>
  installedMajors().map((major) => ({ ...major, mode })),
);

describe.each(modes)('in $mode mode on Postgres $major', ({ mode, ...major }) => {
  const used = useServer(major, {}, mode);
  const openAt = (port: number, replicas: readonly number[] = []) => {
    const { connect } = used.server;
    const create = mode === 'guarded' ? createGuardedTarget : createDirectTarget;
    const target = create(
      { ...connect, port },
      replicas.map((replica) => ({ ...connect, port: replica })),
    );
    onTestFinished(() => target.close());
    return target;
  };

  test('a standby is known by its start, and its promotion moves the timeline at once', async () => {
    const { cluster } = used.server;
    const standby = await startStandby(cluster);
    onTestFinished(() => standby.stop());
    await standby.catchUp();
    const target = openAt(cluster.port, [standby.port, 1]);
    const { server: primary } = await target.look([]);
    const [known, ...more] = await target.standbys();
    expect(more).toEqual([]);
    expect(known).toMatchObject({ id: primary.id });

    const there = openAt(standby.port);
    const { server: before } = await there.look([]);
    expect(before).toMatchObject({ inRecovery: true, timeline: 1, lsn: null, startedAt: known?.startedAt });
    await standby.promote();
    const { server: after } = await there.look([]);
    expect(after).toMatchObject({
      id: primary.id,
      inRecovery: false,
      timeline: 2,
      startedAt: known?.startedAt,
      lsn: expect.any(Number),
    });
    expect(await openAt(cluster.port, [standby.port]).standbys()).toEqual([]);
  });

  test('what is bound to one run of a server does nothing on a copy, nor after a restart', async () => {
    const { server } = used;
    const role = await server.role();
    const login = await server.login();
    const target = server.open();
    onTestFinished(() => target.close());
    const pair = await server.granted(target, role, login);
    const copy = await startCopy(server.cluster);
    onTestFinished(() => copy.stop());

    const { server: original } = await target.look([]);
    const atCopy = openAt(copy.port);
    const { server: copied } = await atCopy.look([]);
    expect(copied).toMatchObject({ id: original.id, timeline: original.timeline });
    expect(copied.startedAt).not.toBe(original.startedAt);

    const bound = atCopy.on(original);
    const ends = [{ ...pair, sessions: 'all' as const, setRole: true, users: [], before: null }];
    for (const refused of [
      () => bound.revoke(server.id, [pair]),
      () => bound.endSessions(server.id, ends),
      () => bound.grant(server.id, [server.wish(pair)]),
      () => bound.extend(server.id, [server.wish(pair)]),
      () => bound.writeAnchor(server.id, { seq: 1, hash: 'ab'.repeat(8), lastId: 1, code: null }),
    ]) {
      await expect(refused()).rejects.toMatchObject({ kind: 'other_server', passing: true });
    }
    const rows = await copy.query('SELECT FROM pg_auth_members WHERE roleid = $1 AND member = $2', [
      pair.roleOid,
      pair.memberOid,
    ]);
    expect(rows).toHaveLength(1);

    expect(await target.on(original).revoke(server.id, [pair])).toMatchObject([{ outcome: 'gone' }]);
    const other = { id: '1', startedAt: original.startedAt - 1 };
    await expect(target.on(other).revoke(server.id, [pair])).rejects.toThrow(/another server than the one/);
    await server.cluster.stop();
    await server.cluster.start();
    await expect(target.on(original).revoke(server.id, [pair])).rejects.toMatchObject({
      passing: true,
    });
    const { server: restarted } = await target.look([]);
    // Before it can be taken for the same one again, everything there has to be compared.
    expect((await target.on(original).list()).server.startedAt).toBe(restarted.startedAt);
    expect(await target.on(restarted).revoke(server.id, [pair])).toMatchObject([{ outcome: 'absent' }]);
  });

  test('what a login granted that is dropped is told by its OID, and as long as it stands', async () => {
    const { server } = used;
    const role = await server.role();
    const login = await server.login();
    const grantor = await server.login();
    const how = server.grantorsCount ? 'ADMIN TRUE, INHERIT FALSE, SET FALSE' : 'ADMIN OPTION';
    await server.sql(`GRANT ${role} TO ${grantor} WITH ${how}`);
    await server.as(grantor, `GRANT ${role} TO ${login}`);
    const pair = await server.pair(role, login);
    const { memberOid: grantorOid } = await server.pair(role, grantor);
    const target = server.open();
    onTestFinished(() => target.close());
    const ask = () => target.former(server.id, [{ ...pair, grantorOid }]);
    expect(await ask()).toMatchObject([{ grantor, role, login, stands: true }]);
    if (server.grantorsCount) await server.sql(`REVOKE ${role} FROM ${grantor} CASCADE`);
    await server.sql(`DROP ROLE ${grantor}`);
    // Up to 15 the row outlives its grantor, and she still has the role.
    expect(await ask()).toMatchObject([{ grantor: null, role, login, stands: !server.grantorsCount }]);
    expect(await server.canRead(login, role)).toBe(!server.grantorsCount);
    await server.sql(`REVOKE ${role} FROM ${login}`);
    expect(await ask()).toMatchObject([{ grantor: null, stands: false }]);
    expect(await server.canRead(login, role)).toBe(false);
    await expect(target.former('1', [{ ...pair, grantorOid }])).rejects.toMatchObject({
      kind: 'other_server',
    });
  });
});
