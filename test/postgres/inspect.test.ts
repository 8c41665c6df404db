import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDirectTarget } from '../../src/postgres/direct/direct.js';
import { describeProblems } from '../../src/postgres/reading/problems.js';
import type { NamePair, Target } from '../../src/postgres/target.js';
import { installedMajors } from '../support/majors.js';
import { useServer } from './server.js';

/** The SQL that a sentence ends with. */
function sqlIn(text: string): string {
  const [sql] = /(?:CREATE ROLE|ALTER ROLE|GRANT) .*;$/.exec(text) ?? [];
  if (sql === undefined) throw new Error(`there is no SQL in: ${text}`);
  return sql;
}

describe.each(installedMajors())('what only a server shows, on Postgres $major', (major) => {
  const used = useServer(major);
  let target: Target;
  beforeAll(() => {
    target = createDirectTarget(used.server.connect);
  });
  afterAll(() => target.close());

  async function problems(pair: NamePair) {
    const { server, facts } = await target.look([pair]);
    return facts.flatMap((fact) => describeProblems(server, fact));
  }

  test('each problem goes by the SQL that is told with it, until the role can be granted', async () => {
    const { server } = used;
    const wanted = { role: 'A "role"', login: 'A login' };
    const fixed: string[] = [];
    for (let found = await problems(wanted); found.length > 0; found = await problems(wanted)) {
      const [problem] = found;
      fixed.push(`${problem?.about}: ${problem?.sentence}`);
      await server.sql(sqlIn(problem?.nextStep ?? ''));
      // Being a member is not enough to grant, and being a role is not enough to log in.
      if (problem?.sentence.startsWith('There is no role'))
        await server.sql('GRANT "A ""role""" TO hallpass');
      if (problem?.sentence.startsWith('There is no login')) await server.sql('ALTER ROLE "A login" NOLOGIN');
      expect(fixed.length).toBeLessThan(10);
    }
    expect(fixed).toEqual([
      'role: There is no role A "role" on the server.',
      'role: Hallpass’s login has no ADMIN OPTION on the role A "role".',
      'login: There is no login A login on the server.',
      'login: The login A login can’t log in (NOLOGIN).',
    ]);
    const pair = await server.granted(target, wanted.role, wanted.login);
    if (server.grantorsCount) {
      await expect(server.as('hallpass', 'SET ROLE "A ""role"""')).rejects.toMatchObject({ code: '42501' });
    }
    expect(await target.revoke(server.id, [pair])).toMatchObject([{ outcome: 'gone' }]);
  });

  test('superusers, Hallpass’s own login and names that are too long are refused', async () => {
    const { server } = used;
    const [role, login] = [await server.role(), await server.login()];
    const [superRole, superLogin] = [await server.role(), await server.login()];
    for (const name of [superRole, superLogin]) await server.sql(`ALTER ROLE ${name} SUPERUSER`);
    const cases = [
      { role: superRole, login, says: 'is a superuser, and no superuser is granted' },
      { role, login: superLogin, says: 'is a superuser and may do everything' },
      { role, login: 'hallpass', says: 'Hallpass’s own' },
    ];
    for (const { says, ...names } of cases) {
      expect(await problems(names)).toMatchObject([{ sentence: expect.stringContaining(says) }]);
      const pair = await server.pair(names.role, names.login);
      const before = await server.grantors(pair);
      const error = { kind: 'unfit', passing: false, message: expect.stringContaining(says) };
      expect(await target.grant(server.id, [server.wish(pair)])).toMatchObject([
        { outcome: 'failed', error },
      ]);
      expect(await server.grantors(pair)).toEqual(before);
    }
    expect(await problems({ role: 'r'.repeat(64), login })).toMatchObject([
      { about: 'role', nextStep: expect.stringContaining('63 bytes') },
    ]);
  });

  test.each(['SUPERUSER', 'CREATEROLE', 'SUPERUSER CREATEROLE'])(
    'as %s Hallpass revokes, and does not grant',
    async (attributes) => {
      const { server } = used;
      const [role, login] = [await server.role(), await server.login()];
      const pair = await server.granted(target, role, login);
      await server.sql(`ALTER ROLE hallpass ${attributes}`);
      const unfit = (await target.look([])).server.unfit ?? '';
      const free = await server.pair(role, await server.login());
      expect(await target.grant(server.id, [server.wish(free)])).toMatchObject([
        { outcome: 'failed', error: { passing: false, message: unfit } },
      ]);
      expect(await server.grantors(free)).toEqual([]);
      expect(await target.revoke(server.id, [pair])).toMatchObject([{ outcome: 'gone' }]);
      expect(await server.canRead(login, role)).toBe(false);
      await server.sql(sqlIn(unfit));
      expect((await target.look([])).server.unfit).toBeNull();
      await server.granted(target, role, login);
    },
  );

  test('on a standby nothing is granted, and nothing counts as gone', async () => {
    const { server } = used;
    const { cluster } = server;
    const [role, login] = [await server.role(), await server.login()];
    const pair = await server.granted(target, role, login);
    const free = await server.pair(role, await server.login());
    await cluster.stop();
    // An empty file, owned by whom the server runs as: PG_VERSION has the right owner, and what is in it is not read.
    const signal = join(cluster.dataDir, 'standby.signal');
    copyFileSync(join(cluster.dataDir, 'PG_VERSION'), signal);
    await cluster.start();
    try {
      const { server: seen, facts } = await target.look([{ role, login }]);
      expect(facts.flatMap((fact) => describeProblems(seen, fact))).toMatchObject([
        { about: 'server', sentence: expect.stringContaining('standby') },
      ]);
      expect(await target.grant(server.id, [server.wish(free)])).toMatchObject([
        { outcome: 'failed', error: { passing: false, message: expect.stringContaining('standby') } },
      ]);
      for (const each of [pair, free]) {
        await expect(target.revoke(server.id, [each])).rejects.toMatchObject({ kind: 'standby' });
      }
      await expect(target.list()).rejects.toMatchObject({ kind: 'standby' });
    } finally {
      await cluster.stop();
      rmSync(signal);
      await cluster.start();
    }
    expect(await target.revoke(server.id, [pair])).toMatchObject([{ outcome: 'gone' }]);
  });
});
