import { configDefaults, defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * They begin first, so that none is left alone at the end. Those that wait for heartbeats (the second of each line) stand
 * between those that compute.
 */
const LONGEST = [
  ...['postgres/objects/thousand-worlds', 'flows/ladder'],
  ...['crash/postgres', 'flows/idle-access'],
  ...['crash/redis', 'flows/one-way-out'],
  ...['flows/typed', 'crash/drift'],
  ...['flows/break-glass', 'flows/outsider'],
  ...['flows/emergency-troubles', 'flows/idle'],
  ...['flows/life', 'flows/unreadable'],
  ...['races/races', 'flows/which-server'],
  ...['flows/repeat', 'flows/overdue'],
].map((name) => `/test/${name}.test.ts`);

/** Tests that start Hallpass as a process take longer than others. */
const LONG = /\/test\/(crash|flows|races)\//;

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const place = ({ moduleId }: TestSpecification) => {
      const at = LONGEST.findIndex((name) => moduleId.endsWith(name));
      return at >= 0 ? at : LONGEST.length + Number(!LONG.test(moduleId));
    };
    return sorted.toSorted((a, b) => place(a) - place(b));
  }
}

/**
 * Too slow for `npm test`, which keeps what tells the whole story: a request's life on both transports, decisions,
 * granting and revoking in both modes, the ledger, and the random comparisons.
 */
const SLOW = [
  'sandbox/postgres/cluster.test.ts',
  'test/{crash,races,security,commands,queue}/**/*.test.ts',
  'test/flows/!(life|decisions).test.ts',
  'test/postgres/{discover,durability,granting-database,settings,which-server}.test.ts',
  'test/postgres/{inspecting,setup}/*.test.ts',
  'test/postgres/guarded/{theft,expiry}.test.ts',
  'test/postgres/objects/thousand-worlds.test.ts',
  'sandbox/page/server/{database/database,encore/encore,faults/faults,guide/guide}.test.ts',
  'test/browser/*.test.ts',
  'test/ledger/{migrate,settings,standing-plans}.test.ts',
  'test/audit/prune.test.ts',
  'test/support/standby.test.ts',
  'test/install-guide.test.ts',
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
