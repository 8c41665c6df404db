import type { Config, TargetConfig } from '../../config/config.js';
import { configPath } from '../../config/environment/env.js';
import { loadConfig } from '../../config/load.js';
import { didYouMean } from '../../config/yaml/did-you-mean.js';
import { refused } from './refused.js';

/** @throws HallpassError naming everything that is wrong in the file. */
export function load(): Config {
  return loadConfig(configPath(process.env), process.env);
}

/** Without how targets are reached, so it needs none of their secrets. @throws as load. */
export function loadWithoutConnections(): Config {
  return loadConfig(configPath(process.env), process.env, { connections: false });
}

/** @throws HallpassError when there is no such target. */
export function findTarget({ targets }: Config, key: string): TargetConfig {
  const target = targets.get(key);
  if (target !== undefined) return target;
  throw refused(
    `there is no target ${key}${didYouMean(key, targets.keys())}`,
    `Name one of ${[...targets.keys()].join(', ')}.`,
  );
}
