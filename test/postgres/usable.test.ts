/** What counts as being able to use a role: at the request, at the GRANT and at the end. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OidPair, Target } from '../../src/postgres/target.js';
import { installedMajors } from '../support/majors.js';
import { useServer } from './server.js';

const modes = (['direct', 'guarded'] as const).flatMap((mode) =>
  installedMajors()
    // Before 16 a membership has no options: it always gives something.
    .filter(({ major }) => major >= 16)
    .map((major) => ({ ...major, mode })),
);

describe.each(modes)(
  'a membership that gives nothing, in $mode mode on Postgres $major',
  ({ mode, ...major }) => {
    const used = useServer(major, {}, mode);
    let target: Target;
    beforeAll(() => {
      target = used.server.open();
    });
    afterAll(() => target.close());

    const held = async (role: string, login: string) =>
      (await target.look([{ role, login }])).facts[0]?.held ?? null;
    const grant = (pair: OidPair) => target.grant(used.server.id, [used.server.wish(pair)]);
    const take = (pair: OidPair) => target.revoke(used.server.id, [pair]);
    const NOTHING = 'WITH ADMIN FALSE, INHERIT FALSE, SET FALSE';

    test('is not held already, at the request and at the GRANT, and not at the end', async () => {
      const { server } = used;
      const [role, login] = [await server.role(), await server.login()];
      await server.sql(`GRANT ${role} TO ${login} ${NOTHING}`);
      expect(await server.canRead(login, role)).toBe(false);
      expect(await held(role, login)).toBeNull();
      const pair = await server.pair(role, login);
      expect(await grant(pair)).toMatchObject([{ outcome: 'granted' }]);
      expect(await server.canRead(login, role)).toBe(true);
      expect(await take(pair)).toMatchObject([{ outcome: 'gone', stillHeld: false }]);
      expect(await server.canRead(login, role)).toBe(false);
      expect(await server.grantors(pair)).toEqual(['postgres']);
    });

    test('gives nothing with ADMIN OPTION alone, as CREATEROLE leaves it', async () => {
      const { server } = used;
      const [role, login] = [await server.role(), await server.login()];
      await server.sql(`GRANT ${role} TO ${login} WITH ADMIN TRUE, INHERIT FALSE, SET FALSE`);
      expect(await held(role, login)).toBeNull();
      const pair = await server.pair(role, login);
      expect(await grant(pair)).toMatchObject([{ outcome: 'granted' }]);
      expect(await take(pair)).toMatchObject([{ outcome: 'gone', stillHeld: false }]);
    });

    test('counts with SET alone, because SET ROLE is use', async () => {
      const { server } = used;
      const [role, login] = [await server.role(), await server.login()];
      await server.sql(`GRANT ${role} TO ${login} WITH INHERIT FALSE, SET TRUE`);
      await server.as(login, `SET ROLE ${role}`);
      expect(await held(role, login)).toEqual({ how: 'direct', via: 'postgres' });
      expect(await grant(await server.pair(role, login))).toMatchObject([{ outcome: 'held' }]);
    });

    test.each([
      // What the login has of the team, what the team has of the role, and whether that can be used.
      { of: 'INHERIT TRUE, SET FALSE', has: 'INHERIT TRUE, SET FALSE', usable: true },
      { of: 'INHERIT FALSE, SET TRUE', has: 'INHERIT FALSE, SET TRUE', usable: true },
      { of: 'INHERIT FALSE, SET TRUE', has: 'INHERIT TRUE, SET FALSE', usable: true },
      // SET ROLE is decided by the memberships of the session's login, which only inherits.
      { of: 'INHERIT TRUE, SET FALSE', has: 'INHERIT FALSE, SET TRUE', usable: false },
      { of: 'INHERIT FALSE, SET FALSE', has: 'INHERIT TRUE, SET TRUE', usable: false },
      { of: 'INHERIT TRUE, SET TRUE', has: 'INHERIT FALSE, SET FALSE', usable: false },
    ])('on a way with $of, then $has: usable $usable', async ({ of, has, usable }) => {
      const { server } = used;
      const [role, team] = [await server.role(), await server.role()];
      const login = await server.login();
      await server.sql(`GRANT ${role} TO ${team} WITH ${has}`);
      await server.sql(`GRANT ${team} TO ${login} WITH ${of}`);
      expect(await usableFor(login, role, team)).toBe(usable);
      expect(await held(role, login)).toEqual(usable ? { how: 'through', via: team } : null);
      if (usable) return;
      const pair = await server.pair(role, login);
      expect(await grant(pair)).toMatchObject([{ outcome: 'granted' }]);
      expect(await take(pair)).toMatchObject([{ outcome: 'gone', stillHeld: false }]);
    });

    /** Tried as the login itself: as it is, as the team, and as the role. */
    async function usableFor(login: string, role: string, team: string): Promise<boolean> {
      const tries = ['SELECT 1', `SET ROLE ${team}`, `SET ROLE ${role}`].map((become) =>
        used.server.as(login, `${become}; SELECT * FROM ${role}`).then(
          () => true,
          () => false,
        ),
      );
      return (await Promise.all(tries)).includes(true);
    }
  },
);
