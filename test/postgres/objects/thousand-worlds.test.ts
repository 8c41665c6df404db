/** As worlds.test.ts, a thousand of them. */
import { describe, expect, test } from 'vitest';
import { installedMajors } from '../../support/majors.js';
import { useWorlds } from './compare.js';

const MAJORS = installedMajors();
const WORLDS = 1_000;
const TOGETHER = 50;

describe.each(MAJORS.map((major, n) => ({ ...major, n })))('on Postgres $major', ({ n, ...major }) => {
  const differencesIn = useWorlds(major);
  // Each release gets its share.
  const seeds = Array.from({ length: WORLDS }, (_, i) => 1_001 + i).filter(
    (seed) => seed % MAJORS.length === n,
  );
  const parts = Array.from({ length: Math.ceil(seeds.length / TOGETHER) }, (_, i) => i * TOGETHER);

  test.each(parts)('what roles give is what the server says, from world %i on', async (from) => {
    expect(await differencesIn(seeds.slice(from, from + TOGETHER))).toEqual([]);
  });
});
