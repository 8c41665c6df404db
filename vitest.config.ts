import { configDefaults, defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Tests that start Hallpass as a process take longest, so they begin first. */
const LONG = /\/test\/(crash|flows|races)\//;

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification) => Number(LONG.test(moduleId));
    return sorted.toSorted((a, b) => isLong(b) - isLong(a));
  }
}

/** Too slow for `npm test`, which keeps a few that tell the whole story, such as flows/life.test.ts. */
const SLOW = [
  'test/{crash,races,security,commands,queue}/**/*.test.ts',
  'test/flows/!(life|decisions|one-message).test.ts',
  'test/postgres/guarded/{theft,expiry}.test.ts',
  'test/postgres/objects/thousand-worlds.test.ts',
  'test/ledger/standing-plans.test.ts',
  'sandbox/page/server/{encore,faults,guide}/*.test.ts',
];

export default defineConfig({
  test: {
    projects: [
      // `npm test` runs the first, `npm run test:all` the second. `npx vitest run FILE` finds a file in either.
      {
        extends: true,
        test: {
          name: 'fast',
          include: ['{test,sandbox}/**/*.test.{ts,tsx}'],
          exclude: [...configDefaults.exclude, ...SLOW],
        },
      },
      { extends: true, test: { name: 'slow', include: SLOW } },
    ],
    globalSetup: ['test/support/global-setup.ts'],
    // For what hangs. What a test waits for has a limit of its own: test/support/wait-for.ts.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    pool: 'forks',
    // Tests mostly wait for real servers, so four run side by side even on two cores.
    maxWorkers: 4,
    retry: 0,
    sequence: { sequencer: LongestFirst },
  },
});
