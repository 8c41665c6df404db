import { defineConfig } from 'vitest/config';
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

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'sandbox/**/*.test.ts'],
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
