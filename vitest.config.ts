import { configDefaults, defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Those that start all of Hallpass take longest: begun first, they leave nothing to wait for at the end. */
const LONG = /\/test\/(crash|flows|races)\//;

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification) => Number(LONG.test(moduleId));
    return sorted.toSorted((a, b) => isLong(b) - isLong(a));
  }
}

/** What takes longer than a newcomer waits. A story that all can follow stays with the others: flows/life.test.ts. */
const SLOW = [
  'test/{crash,races,security,commands,queue}/**/*.test.ts',
  'test/flows/!(life|decisions|one-message).test.ts',
  'test/postgres/guarded/{theft,expiry}.test.ts',
];

export default defineConfig({
  test: {
    projects: [
      // `npm test`, and what `npm run test:all` runs beside it. A file that is named is found in either.
      {
        extends: true,
        test: {
          name: 'fast',
          include: ['{test,sandbox}/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...SLOW],
        },
      },
      { extends: true, test: { name: 'slow', include: SLOW } },
    ],
    globalSetup: ['test/support/global-setup.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    pool: 'forks',
    // Most of a test is waiting for real servers: four side by side also on two cores.
    maxWorkers: 4,
    // Real processes, servers and clocks, four files at once on two cores: what fails by haste alone passes when it is
    // tried again, and the report says that it was. What is broken fails twice.
    retry: 1,
    sequence: { sequencer: LongestFirst },
  },
});
