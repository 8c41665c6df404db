import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createInspector, type Inspector } from '../../../src/postgres/inspecting/inspector.js';
import type { Granted, OidPair, Target } from '../../../src/postgres/target.js';
import { installedMajors } from '../../support/majors.js';
import { type TestServer, useServer } from '../server.js';
import { BY_SET_ROLE, type Exploit, INHERITED, READS_AS_OWNER } from './exploits.js';

describe.each(installedMajors())('what outlives a grant on Postgres $major', (major) => {
  const used = useServer(major);
  let target: Target;
  let inspector: Inspector;
  beforeAll(async () => {
    target = used.server.open();
    inspector = createInspector(used.server.connect);
    await used.server.sql('REVOKE CREATE ON SCHEMA public FROM PUBLIC');
  });
  afterAll(async () => {
    await Promise.all([target.close(), inspector.close()]);
  });
  const leaks = async (role: string, setRole: boolean) =>
    (await inspector.preview({ role, login: null, setRole })).leaks;

  /** A role, a login and a schema, by whose names `r`, `u` and `s` in the texts of an exploit are replaced. */
  async function stage({ given }: Exploit) {
    const { server } = used;
    const [role, login] = [await server.role(), await server.login()];
    const schema = `${role}_schema`;
    const names: Readonly<Record<string, string>> = { r: role, u: login, s: schema };
    const named = (text: string) => text.replace(/\b([rus])(?=_|\b)/g, (letter) => names[letter] ?? letter);
    await server.sql(`CREATE SCHEMA ${schema}`);
    onTestFinished(async () => void (await server.sql(`DROP SCHEMA ${schema} CASCADE`)));
    await server.sql(`GRANT USAGE ON SCHEMA ${schema} TO PUBLIC`);
    await server.sql(named(given));
    const back = (text: string) =>
      Object.entries(names).reduce((known, [letter, name]) => known.replaceAll(name, letter), text);
    return { role, login, named, back: (text: string) => back(text.replaceAll(schema, 's')) };
  }

  async function grant(
    server: TestServer,
    pair: OidPair,
    setRole: boolean,
  ): Promise<Granted & { outcome: 'granted' }> {
    const [granted] = await target.grant(server.id, [server.wish(pair, { setRole })]);
    if (granted?.outcome !== 'granted') throw new Error('not granted');
    return granted;
  }

  const setRoleExploits = BY_SET_ROLE.map((exploit) => ({ ...exploit, setRole: true }));
  test.each([...INHERITED.map((exploit) => ({ ...exploit, setRole: false })), ...setRoleExploits])(
    '$name: said before, seen after',
    async (exploit) => {
      const { server } = used;
      const { role, login, named, back } = await stage(exploit);
      const prove = () =>
        server.as(exploit.as === undefined ? login : named(exploit.as), named(exploit.proof));
      await expect(prove()).rejects.toThrow();

      const said = (await leaks(role, exploit.setRole)).map(back);
      expect(said).toContainEqual(expect.stringMatching(exploit.says));

      const pair = await server.pair(role, login);
      // Before 16 CREATEROLE grants any role, so a role with it is never granted.
      if (exploit.name === 'CREATEROLE makes a login' && !server.grantorsCount) {
        const wish = server.wish(pair, { setRole: true });
        expect(await target.grant(server.id, [wish])).toMatchObject([{ outcome: 'failed' }]);
        return;
      }
      const { mark, grantorOid } = await grant(server, pair, exploit.setRole);
      await server.as(login, named(exploit.done));
      expect(await target.revoke(server.id, [pair])).toMatchObject([{ outcome: 'gone' }]);
      if (exploit.later !== undefined) await server.sql(named(exploit.later));
      await prove();

      const [changes] = await inspector.changes([{ ...pair, server: server.id, grantorOid, mark }]);
      const facts = (changes?.facts ?? []).map((fact) => ({ ...fact, what: back(fact.what) }));
      if (exploit.shows !== null && (server.grantorsCount || !exploit.since16)) {
        expect(facts).toContainEqual({
          database: exploit.shows.source.startsWith('^membership') ? null : 'postgres',
          what: expect.stringMatching(exploit.shows),
          names: expect.any(String),
        });
      }
      expect(facts.map(({ what }) => what)).not.toContainEqual(
        expect.stringMatching(/^membership of u in r,/),
      );
    },
  );

  test('a role that only reads ends with its grant, and leaves nothing', async () => {
    const { server } = used;
    const [role, login] = [await server.role(), await server.login()];
    expect(await leaks(role, false)).toEqual([]);
    expect(await leaks(role, true)).toEqual([]);
    const pair = await server.pair(role, login);
    const { mark, grantorOid } = await grant(server, pair, false);
    expect(await server.canRead(login, role)).toBe(true);
    // What Hallpass itself notes on the server meanwhile is no news.
    await target.writeAnchor(server.id, { seq: 7, hash: 'ab'.repeat(8), lastId: 1007, code: null });
    await target.revoke(server.id, [pair]);
    const past = { ...pair, server: server.id, grantorOid, mark };
    expect(await inspector.changes([past])).toEqual([{ total: 0, facts: [], unread: [] }]);
  });

  if (major.major >= 16)
    test.each(BY_SET_ROLE)('$name: not without SET ROLE', async (exploit) => {
      const { server } = used;
      const { role, login, named } = await stage(exploit);
      expect(await leaks(role, false)).toEqual([]);
      await grant(server, await server.pair(role, login), false);
      await expect(server.as(login, named(exploit.done))).rejects.toMatchObject({ code: '42501' });
    });

  if (major.major >= 16)
    test('a function is not given to a role that one can’t become', async () => {
      const { server } = used;
      const { role, login, named } = await stage({
        name: '',
        given: 'GRANT CREATE ON SCHEMA s TO r',
        done: '',
        proof: '',
        says: /x/,
        shows: null,
      });
      expect(await leaks(role, false)).toEqual([expect.stringMatching(/what is made there stays$/)]);
      await grant(server, await server.pair(role, login), false);
      await server.as(login, named(READS_AS_OWNER));
      await expect(server.as(login, named('ALTER FUNCTION s.f() OWNER TO r'))).rejects.toMatchObject({
        code: '42501',
      });
    });
});
