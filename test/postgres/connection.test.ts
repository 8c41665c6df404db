import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { findBinaries } from '../../sandbox/postgres/binaries.js';
import { freePort } from '../../sandbox/postgres/free-port.js';
import { startProxy, type TcpProxy } from '../../sandbox/postgres/proxy.js';
import type { Connect } from '../../src/config/config.js';
import type { CallLimits } from '../../src/postgres/connect.js';
import { createDirectTarget } from '../../src/postgres/direct/direct.js';
import { TargetError } from '../../src/postgres/errors.js';
import type { Target } from '../../src/postgres/target.js';
import { waitFor } from '../support/wait-for.js';
import { useServer } from './server.js';

describe('the connection to a target', () => {
  const used = useServer({ major: 18, binaries: findBinaries() });
  let proxy: TcpProxy;
  beforeEach(async () => {
    proxy = await startProxy(used.server.connect);
    // A server takes a moment to end the session of a target that the test before closed.
    await noSession();
  });
  afterEach(() => proxy.close());

  function open(connect: Partial<Connect> = {}, limits: Partial<CallLimits> = {}): Target {
    const target = createDirectTarget({ ...used.server.connect, ...connect }, [], limits);
    onTestFinished(() => target.close());
    return target;
  }

  const sessions = () =>
    used.server.sql(
      "SELECT pid FROM pg_stat_activity WHERE application_name = 'hallpass' AND backend_type = 'client backend'",
    );
  const noSession = () =>
    waitFor(async () => (await sessions()).length === 0, { what: 'the session of Hallpass to end' });
  const pairOfNew = async () => used.server.pair(await used.server.role(), await used.server.login());
  const unsure = { passing: true, ambiguous: true };

  test.each(['GRANT', 'COMMIT'])(
    'cut before %s: nothing was granted, and the next try grants',
    async (at) => {
      const { server } = used;
      const target = open({ port: proxy.port });
      const pair = await pairOfNew();
      proxy.toServer = (chunk, link) => {
        if (!chunk.includes(at)) return chunk;
        link.cut();
        return null;
      };
      await expect(target.grant(server.id, [server.wish(pair)])).rejects.toMatchObject({
        kind: 'cut',
        ...unsure,
      });
      expect(await server.grantors(pair)).toEqual([]);
      proxy.heal();
      expect(await target.grant(server.id, [server.wish(pair)])).toMatchObject([{ outcome: 'granted' }]);
      expect(await server.grantors(pair)).toEqual(['hallpass']);
    },
  );

  test('cut during COMMIT: what was done is found by the next try', async () => {
    const { server } = used;
    const target = open({ port: proxy.port });
    const pair = await pairOfNew();
    const loseAnswer = () => {
      proxy.toClient = (chunk, link) => {
        if (!chunk.includes('COMMIT')) return chunk;
        link.cut();
        return null;
      };
    };
    loseAnswer();
    await expect(target.grant(server.id, [server.wish(pair)])).rejects.toMatchObject({
      kind: 'cut',
      ...unsure,
    });
    expect(await server.grantors(pair)).toEqual(['hallpass']);
    proxy.heal();
    expect(await target.grant(server.id, [server.wish(pair)])).toMatchObject([{ outcome: 'granted' }]);
    loseAnswer();
    await expect(target.revoke(server.id, [pair])).rejects.toMatchObject({ kind: 'cut', ...unsure });
    expect(await server.grantors(pair)).toEqual([]);
    proxy.heal();
    expect(await target.revoke(server.id, [pair])).toEqual([
      { ...pair, outcome: 'absent', stillHeld: false, users: [] },
    ]);
  });

  test('a server that goes silent is given up on in time, and used again when it speaks', async () => {
    const { server } = used;
    const target = open({ port: proxy.port }, { connectMs: 300, callMs: 300 });
    const pair = await pairOfNew();
    await target.look([]);
    proxy.toServer = () => null;
    await expect(target.grant(server.id, [server.wish(pair)])).rejects.toMatchObject({
      kind: 'timeout',
      ...unsure,
    });
    await expect(target.look([])).rejects.toMatchObject({
      kind: 'unreachable',
      passing: true,
      ambiguous: false,
    });
    proxy.heal();
    expect(await target.grant(server.id, [server.wish(pair)])).toMatchObject([{ outcome: 'granted' }]);
  });

  test('a session that is ended while it is idle is replaced', async () => {
    const { server } = used;
    const target = open();
    await target.look([]);
    const before = await sessions();
    await server.sql(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'hallpass'",
    );
    await waitFor(() => target.look([]), { what: 'a new session' });
    expect(await sessions()).not.toEqual(before);
    expect(await sessions()).toHaveLength(1);
  });

  test('a server that is not the right one is left: the address may lead elsewhere next time', async () => {
    const target = open();
    await target.look([]);
    const before = await sessions();
    await expect(target.revoke('7', [{ roleOid: 1, memberOid: 1 }])).rejects.toMatchObject({
      kind: 'other_server',
    });
    await noSession();
    await target.look([]);
    expect(await sessions()).not.toEqual(before);
  });

  test('calls made at once take turns on one session', async () => {
    const { server } = used;
    const target = open();
    const pairs = [await pairOfNew(), await pairOfNew()];
    await target.look([]);
    const [, granted, seen] = await Promise.all([
      target.look([]),
      target.grant(
        server.id,
        pairs.map((pair) => server.wish(pair)),
      ),
      Promise.all(Array.from({ length: 20 }, () => sessions())),
      target.list(),
      target.look([]),
    ]);
    expect(granted).toMatchObject([{ outcome: 'granted' }, { outcome: 'granted' }]);
    expect(Math.max(...seen.map((rows) => rows.length))).toBe(1);
    expect(await target.revoke(server.id, pairs)).toMatchObject([{ outcome: 'gone' }, { outcome: 'gone' }]);
  });

  test('it is closed when it is not used, and at the end for good', async () => {
    const target = open({}, { idleMs: 30 });
    await target.look([]);
    await noSession();
    const lasting = open();
    await lasting.look([]);
    expect(await sessions()).toHaveLength(1);
    await lasting.close();
    await noSession();
    await expect(lasting.look([])).rejects.toThrow('Hallpass is stopping');
  });

  test('the locks of a process that died in the middle of a transaction do not stay', async () => {
    const { server } = used;
    const dying = open({ port: proxy.port }, { callMs: 1_000 });
    const pair = await pairOfNew();
    proxy.hidesClose = true;
    proxy.toClient = (chunk) => (chunk.includes('GRANT ROLE') ? null : chunk);
    await expect(dying.grant(server.id, [server.wish(pair)])).rejects.toMatchObject({
      kind: 'timeout',
      ...unsure,
    });
    const other = open();
    await waitFor(async () => (await other.grant(server.id, [server.wish(pair)]))[0]?.outcome === 'granted', {
      what: 'the lock of the dead process to end',
    });
  });

  test('the password is read from its file at each connect, and is in no error', async () => {
    const { server } = used;
    const folder = mkdtempSync(join(tmpdir(), 'password-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const passwordFile = join(folder, 'password');
    const target = open({ password: null, passwordFile });
    const failure = async () => {
      const error = await target.look([]).catch((thrown) => thrown);
      expect(error).toBeInstanceOf(TargetError);
      expect(error).toMatchObject({ kind: 'login_refused', passing: false });
      return `${error.message} ${error.cause}`;
    };
    expect(await failure()).toContain(passwordFile);
    writeFileSync(passwordFile, 'wrong secret\n');
    expect(await failure()).not.toContain('wrong secret');
    writeFileSync(passwordFile, '');
    await failure();
    writeFileSync(passwordFile, `${server.connect.password}\n`);
    expect((await target.look([])).server.id).toBe(server.id);
  });

  test.each([
    ['nobody listens', async () => ({ port: await freePort() }), 'unreachable', true],
    ['there is no such host', async () => ({ host: 'nowhere.invalid' }), 'unreachable', true],
    ['the login is not known', async () => ({ user: 'nobody' }), 'login_refused', false],
    ['TLS is wanted and not there', async () => ({ tls: 'verify-full' as const }), 'login_refused', false],
  ])('when %s, the error says so', async (_, connect, kind, passing) => {
    const target = open(await connect());
    await expect(target.look([])).rejects.toMatchObject({ kind, passing, ambiguous: false });
    await expect(target.revoke('1', [{ roleOid: 1, memberOid: 1 }])).rejects.toMatchObject({ kind });
  });

  test('a restarted server is used again', async () => {
    const { server } = used;
    const target = open();
    const pair = await pairOfNew();
    await target.grant(server.id, [server.wish(pair)]);
    await server.cluster.kill();
    await expect(target.revoke(server.id, [pair])).rejects.toMatchObject({ passing: true });
    await server.cluster.start();
    expect(await target.revoke(server.id, [pair])).toMatchObject([{ outcome: 'gone' }]);
  });
});
