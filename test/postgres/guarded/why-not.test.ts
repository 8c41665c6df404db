import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DATABASE, PEOPLE } from '../../../src/postgres/guarded/names.js';
import { describeProblems } from '../../../src/postgres/reading/problems.js';
import type { Target } from '../../../src/postgres/target.js';
import { installedMajors } from '../../support/majors.js';
import { useServer } from '../server.js';

const HOUR = 3_600_000;

describe.each(installedMajors())('what a guarded server refuses, on Postgres $major', (major) => {
  const used = useServer(major, {}, 'guarded');
  let target: Target;
  beforeAll(() => {
    target = used.server.open();
  });
  afterAll(() => target.close());

  /** What a form says, and what the GRANT says. */
  async function both(role: string, login: string, { durationMs = HOUR, setRole = false } = {}) {
    const { server } = used;
    const { server: seen, facts } = await target.look([{ role, login }]);
    const [fact] = facts;
    if (fact === undefined) throw new Error('the server answered nothing');
    const [problem] = describeProblems(seen, fact, { durationMs, setRole });
    const wish = server.wish(await server.pair(role, login), { durationMs, setRole });
    const [answer] = await target.grant(server.id, [wish]);
    if (answer?.outcome === 'granted') await target.revoke(server.id, [wish]);
    return { form: problem ?? null, grant: answer?.outcome === 'failed' ? answer.error : null };
  }

  test('the form says what the GRANT would, with the SQL that changes it', async () => {
    const { server } = used;
    const [role, login] = [await server.role(), await server.login()];
    expect(await both(role, login)).toEqual({ form: null, grant: null });

    const [nobodys, group, boss, own] = [
      await server.login(),
      await server.role(),
      await server.login(),
      await server.login(),
    ];
    const friend = await server.login();
    const [rich, notOurs, admin] = [await server.role(), await server.role(), await server.role()];
    await server.sql(
      `REVOKE ${PEOPLE} FROM ${nobodys}; ALTER ROLE ${boss} SUPERUSER; GRANT ${own} TO hallpass`,
    );
    await server.sql(`GRANT ${login} TO ${nobodys}; GRANT pg_read_server_files TO ${rich}`);
    await server.sql(`REVOKE ${notOurs} FROM hallpass_owner; CREATE ROLE doadmin; GRANT doadmin TO ${admin}`);
    const cases: readonly (readonly [string, string, string, object?])[] = [
      [role, nobodys, `not a member of ${PEOPLE}`],
      [role, login, `${nobodys} could use it, too`],
      [role, group, 'NOLOGIN'],
      [role, boss, 'superuser'],
      [role, own, "Hallpass’s own|Hallpass's own"],
      [role, 'hallpass', 'own'],
      [role, 'hallpass_reaper', 'own'],
      [rich, friend, 'powers of pg_read_server_files'],
      [admin, friend, 'powers of doadmin'],
      [notOurs, friend, 'no ADMIN OPTION'],
      [role, friend, 'limit|at most', { durationMs: 13 * HOUR }],
      ...(server.grantorsCount
        ? ([[role, friend, 'does not allow SET ROLE', { setRole: true }]] as const)
        : []),
    ];
    for (const [of, to, words, wished] of cases) {
      const { form, grant } = await both(of, to, wished);
      expect(form?.sentence, `${of} to ${to}`).toMatch(new RegExp(words));
      expect(grant?.message, `${of} to ${to}`).toMatch(new RegExp(words));
    }
    // What the form names is what fixes it.
    const fixes = [(await both(role, nobodys)).form?.nextStep, (await both(role, own)).form?.nextStep];
    for (const sql of fixes) await server.sql(sql ?? '');
    expect(await both(role, nobodys)).toEqual({ form: null, grant: null });
    expect(await both(role, own)).toEqual({ form: null, grant: null });
    if (!server.grantorsCount) return;
    const { form } = await both(role, friend, { setRole: true });
    await server.cluster.query(form?.nextStep ?? '', [], DATABASE);
    expect(await both(role, friend, { setRole: true })).toEqual({ form: null, grant: null });
  });
});
