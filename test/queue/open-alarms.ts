import { onTestFinished } from 'vitest';
import { readRedisUrl } from '../../src/config/environment/redis-url.js';
import { Wrong } from '../../src/config/yaml/fields.js';
import { createLogger } from '../../src/logger.js';
import type { Alarms } from '../../src/queue/alarms.js';
import { createAlarms } from '../../src/queue/bullmq-alarms.js';
import { waitFor } from '../support/wait-for.js';

export interface Backend {
  readonly redisUrl: string | null;
  readonly databaseUrl: string;
  readonly prefix: string;
}

export interface OpenedAlarms extends Alarms {
  /** Targets in the order in which their alarms rang here. */
  readonly rung: readonly string[];
  readonly log: readonly string[];
  /** Resolves when an alarm of this target has rung here, `times` in all. */
  rang(target: string, times?: number): Promise<void>;
}

/** One process's alarms, already started; closed after the test. `failing` names targets whose sweep throws. */
export async function openAlarms(backend: Backend, failing: readonly string[] = []): Promise<OpenedAlarms> {
  const rung: string[] = [];
  const log: string[] = [];
  const logger = createLogger('debug', { write: (line) => void log.push(line) });
  const { redisUrl, ...rest } = backend;
  const redis = redisUrl === null ? null : readRedisUrl(redisUrl);
  if (redis instanceof Wrong) throw new Error(redis.message);
  const alarms = createAlarms({ ...rest, redis, logger });
  onTestFinished(() => alarms.close());
  await alarms.start(async ({ target }) => {
    rung.push(target);
    if (failing.includes(target)) throw new Error(`no sweep of ${target}`);
  });
  const rang = async (target: string, times = 1): Promise<void> => {
    const what = `alarm ${times} of ${target}`;
    await waitFor(() => rung.filter((each) => each === target).length >= times, { what });
  };
  return { ...alarms, rung, log, rang };
}
