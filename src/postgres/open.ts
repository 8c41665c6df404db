import type { Connect, TargetConfig } from '../config/config.js';
import type { Heard } from './connecting/dial.js';
import { createDirectTarget } from './direct/direct.js';
import { createGuardedTarget } from './guarded/guarded.js';
import { DATABASE } from './guarded/names.js';
import type { Target } from './target.js';

/**
 * The target as the configuration has it: nothing else knows whether it is direct or guarded.
 * @param installation which Hallpass this is, for others that share our login to see; null when it grants nothing.
 * @param heard is told of each login on the server.
 */
export function openTarget(
  { mode, connect, replicas }: Pick<TargetConfig, 'mode' | 'connect' | 'replicas'>,
  installation: string | null = null,
  heard: Heard | null = null,
): Target {
  const named = {
    ...(installation === null ? {} : { name: `hallpass/${installation}` }),
    ...(heard === null ? {} : { heard }),
  };
  if (mode === 'direct') return createDirectTarget(connect, replicas, named);
  return createGuardedTarget(inside(connect), replicas.map(inside), named);
}

/** What is installed on a guarded target is in a database of its own, whatever database people work in. */
export function inside(connect: Connect): Connect {
  return { ...connect, database: DATABASE };
}
