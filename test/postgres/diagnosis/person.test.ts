/** `hallpass check --as`: each reason why a granted role can't be used, tried as the person, and fixed by what check says. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { Finding } from '../../../src/access/check/finding.js';
import { quoteName } from '../../../src/postgres/quote.js';
import { installedMajors } from '../../support/majors.js';
import { useServer } from '../server.js';
import { checkAs, configured, sqlOf } from './examined.js';

const MAJORS = installedMajors().filter(({ major }) => major < 16 || major === 18);

describe.each(MAJORS)('a person on Postgres $major', (major) => {
  const used = useServer(major);
  let role: string;
  let login: string;
  beforeAll(async () => {
    role = await used.server.role();
    await used.server.sql(`CREATE SCHEMA ledgers; CREATE TABLE ledgers.books (n int); INSERT INTO ledgers.books VALUES (1);
      GRANT USAGE ON SCHEMA ledgers TO ${role}; GRANT SELECT ON ledgers.books TO ${role}`);
  });

  async function findings(): Promise<readonly Finding[]> {
    return checkAs(configured(used.server, [role], [login]), login, role);
  }

  /** The failures and notes that are not about SET ROLE, which is refused from 16 on and meant to be. */
  async function found(level: 'failure' | 'note'): Promise<readonly Finding[]> {
    return (await findings()).filter(
      (finding) => finding.level === level && !finding.says.startsWith('SET ROLE'),
    );
  }

  /** Is refused before, tells one failure, and works after what it tells is run. */
  async function fixes(says: string | RegExp, work: () => Promise<unknown>): Promise<void> {
    await expect(work()).rejects.toThrow();
    const failures = await found('failure');
    expect(failures).toMatchObject([{ says: typeof says === 'string' ? says : expect.stringMatching(says) }]);
    const [failure] = failures;
    if (failure === undefined) throw new Error('it was found');
    await used.server.sql(sqlOf(failure));
    expect(await found('failure')).toEqual([]);
    await work();
  }

  async function grant(): Promise<void> {
    const { server } = used;
    const target = server.open();
    await server.granted(target, role, login);
    await target.close();
  }

  const read = () => used.server.as(login, 'SELECT * FROM ledgers.books');

  test('who is not a member is told to ask; who is, and can, that nothing is in the way', async () => {
    login = await used.server.login();
    await expect(read()).rejects.toThrow();
    expect(await found('failure')).toMatchObject([
      {
        about: 'memberships',
        says: `${login} is not a member of ${role}.`,
        nextStep: expect.stringMatching(/Slack/),
      },
    ]);
    await grant();
    expect(await read()).toEqual([{ n: 1 }]);
    expect(await found('failure')).toEqual([]);
    expect((await findings()).at(-1)).toMatchObject({
      level: 'ok',
      says: expect.stringMatching(/^Nothing here keeps/),
    });
    const refused = (await findings()).filter(({ says }) => says.startsWith('SET ROLE'));
    expect(refused).toHaveLength(major.major >= 16 ? 1 : 0);
  });

  test('NOINHERIT: before 16 the login, from 16 on the membership', async () => {
    const { server } = used;
    login = await server.login();
    await server.sql(`ALTER ROLE ${login} NOINHERIT`);
    if (major.major < 16) {
      await grant();
      return fixes(
        `${login} is a member of ${role}, granted by Hallpass, but is NOINHERIT: it has nothing of the role until SET ROLE.`,
        read,
      );
    }
    // What Hallpass grants says for itself that it is inherited.
    await grant();
    expect(await read()).toEqual([{ n: 1 }]);
    expect(await found('failure')).toEqual([]);
    await server.as('hallpass', `GRANT ${role} TO ${login} WITH INHERIT FALSE`);
    await expect(read()).rejects.toThrow();
    const [failure] = await found('failure');
    if (failure === undefined) throw new Error('it was not found');
    expect(failure.says).toBe(
      `${login} is a member of ${role}, granted by Hallpass, but without INHERIT: it has nothing of the role until SET ROLE.`,
    );
    await server.as('hallpass', sqlOf(failure));
    expect(await read()).toEqual([{ n: 1 }]);
  });

  test('the login itself: NOLOGIN, a day that has passed, no connection', async () => {
    const { server } = used;
    login = await server.login();
    await grant();
    await server.sql(`ALTER ROLE ${login} NOLOGIN`);
    await fixes(`The login ${login} can’t log in (NOLOGIN).`, read);
    await server.sql(`ALTER ROLE ${login} VALID UNTIL '2020-01-01'`);
    await fixes(/^The password of \S+ was valid until 2020-01-01/, read);
    await server.sql(`ALTER ROLE ${login} CONNECTION LIMIT 0`);
    await fixes(`${login} may have 0 connections at most (CONNECTION LIMIT), and has 0.`, read);
  });

  test('a schema without USAGE, and a database without CONNECT', async () => {
    const { server } = used;
    login = await server.login();
    await grant();
    await server.sql(`REVOKE USAGE ON SCHEMA ledgers FROM ${role}`);
    await fixes(
      `${role} has privileges on 1 table in the schema ledgers of postgres, but no USAGE on the schema.`,
      read,
    );
    await server.sql('REVOKE CONNECT ON DATABASE postgres FROM PUBLIC');
    await server.sql('GRANT CONNECT ON DATABASE postgres TO hallpass');
    await fixes(`${login} has no CONNECT on the database postgres, neither itself nor by ${role}.`, read);
  });

  test('row security without a policy shows no row; with one, it is said', async () => {
    const { server } = used;
    login = await server.login();
    await grant();
    await server.sql('ALTER TABLE ledgers.books ENABLE ROW LEVEL SECURITY');
    const rows = async () => {
      if ((await read()).length === 0) throw new Error('no row');
    };
    await fixes(
      `${login} sees no row of ledgers.books in postgres: row security is on, and no policy is for ${login} or ${role}.`,
      rows,
    );
    expect(await found('note')).toMatchObject([{ about: 'row security' }]);
    await server.sql('ALTER TABLE ledgers.books DISABLE ROW LEVEL SECURITY');
  });

  test('defaults of the login: another role, a search_path without the schema', async () => {
    const { server } = used;
    login = await server.login();
    await grant();
    await server.sql(`CREATE ROLE ${login}_other; GRANT ${login}_other TO ${login}`);
    await server.sql(`ALTER ROLE ${login} SET role = ${login}_other`);
    await fixes(
      `The sessions of ${login} begin as the role ${login}_other (a default), and as such have nothing of ${role}.`,
      read,
    );
    await server.sql(`ALTER ROLE ${login} IN DATABASE postgres SET search_path = public, "$user"`);
    const [note] = await found('note');
    expect(note).toMatchObject({
      about: 'setting',
      says: expect.stringMatching(/without ledgers: tables there need/),
    });
    if (note === undefined) throw new Error('it was found');
    await server.sql(sqlOf(note));
    expect(await found('note')).toEqual([]);
  });

  test('a name that is on no server', async () => {
    login = 'nobody at all';
    expect(await found('failure')).toMatchObject([
      { says: 'There is no login nobody at all on the server.' },
    ]);
    const server = used.server;
    expect(await checkAs(configured(server, ['nowhere']), quoteName('x'), 'nowhere')).toMatchObject([
      { says: 'There is no role nowhere on the server.' },
      { says: 'There is no login "x" on the server.' },
    ]);
  });
});
