/** As worlds.test.ts, a thousand of them. */
import { beforeAll, describe, expect, test } from 'vitest';
import { installedMajors } from '../../support/majors.js';
import { useServer } from '../server.js';
import { differencesIn } from './compare.js';
import { prepare } from './worlds.js';

const MAJORS = installedMajors();
const WORLDS = 1_000;
const TOGETHER = 50;

describe.each(MAJORS.map((major, n) => ({ ...major, n })))('on Postgres $major', ({ n, ...major }) => {
  const used = useServer(major);
  beforeAll(() => prepare(used.server));
  // Each release gets its share.
  const seeds = Array.from({ length: WORLDS }, (_, i) => 1_001 + i).filter(
    (seed) => seed % MAJORS.length === n,
  );
  const parts = Array.from({ length: Math.ceil(seeds.length / TOGETHER) }, (_, i) => i * TOGETHER);

  test.each(parts)('what roles give is what the server says, from world %i on', async (from) => {
    const differences: string[] = [];
    for (const seed of seeds.slice(from, from + TOGETHER)) {
      differences.push(...(await differencesIn(used.server, seed)));
    }
    expect(differences).toEqual([]);
  });
});
