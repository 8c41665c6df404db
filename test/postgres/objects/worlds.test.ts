/** What the index of objects says, beside what the server itself says, in random worlds. */
import { describe, expect, test } from 'vitest';
import { installedMajors } from '../../support/majors.js';
import { useWorlds } from './compare.js';

const MAJORS = installedMajors();
const WORLDS = 40;
/** In which something was wrong once. */
const ONCE_WRONG = [1_179];

describe.each(MAJORS.map((major, n) => ({ ...major, n })))('on Postgres $major', ({ n, ...major }) => {
  const differencesIn = useWorlds(major);
  // Each release gets its share.
  const all = Array.from({ length: WORLDS }, (_, i) => 1 + i);
  const seeds = [...all.filter((seed) => seed % MAJORS.length === n), ...ONCE_WRONG];

  test(`what roles give is what the server says, in ${seeds.length} worlds`, async () => {
    expect(await differencesIn(seeds)).toEqual([]);
  });
});
