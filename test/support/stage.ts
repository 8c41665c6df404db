/** Hallpass as a process, the real build, among all that it talks to. For one test file, or one `describe`. */
import { join } from 'node:path';
import { afterAll, afterEach, inject } from 'vitest';
import { type Stage, type StageOptions, startStage } from '../../sandbox/stage/stage.js';
import { startRedis } from './redis.js';

export const CLI = join(import.meta.dirname, '../../dist/cli.js');

export type Backend = 'Postgres' | 'Redis';

/** Each transport, and each kind of alarms. Without Redis (never in CI) the second is left out. */
export const KINDS = [
  { transport: 'socket', backend: 'Postgres' },
  ...(inject('redis') === null ? [] : [{ transport: 'http', backend: 'Redis' } as const]),
] as const;

export interface TestStage extends Stage {
  /** What all its Hallpasses logged, line by line. */
  readonly log: readonly string[];
}

interface Options extends Partial<Omit<StageOptions, 'onLine' | 'redisUrl'>> {
  /** Where alarms are kept. */
  readonly backend?: Backend;
}

/** Opens a stage without Hallpass; the ledger has a server of its own. Call it at the top of a file or a `describe`. */
export async function openStage({ backend, ...options }: Options = {}): Promise<TestStage> {
  const redis = backend === 'Redis' ? await startRedis() : null;
  const log: string[] = [];
  const stage = await startStage({
    cli: CLI,
    ledgerApart: true,
    onLine: (line) => log.push(line),
    ...(redis && { redisUrl: redis.url }),
    ...options,
  });
  afterAll(async () => {
    await stage.close();
    await redis?.stop();
  });
  afterEach(({ task }) => {
    if (task.result?.state === 'fail')
      console.error(`The end of Hallpass's log:\n${log.slice(-30).join('\n')}`);
  });
  return { ...stage, log };
}

/** The secrets that must not reach any log. */
export function secretsOf({ slack, pagerduty, samples, env }: Stage): readonly string[] {
  const passwords = [env.DATABASE_URL, env.DATABASE_OWNER_URL].map((url) => new URL(url ?? '').password);
  return [
    ...[slack.botToken, slack.appToken, slack.signingSecret, slack.verificationToken],
    ...[pagerduty.token, samples.hallpass.password, ...passwords],
  ];
}
