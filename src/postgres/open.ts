import type { Connect, TargetConfig } from '../config/config.js';
import type { Heard } from './connecting/dial.js';
import { createDirectTarget } from './direct/direct.js';
import { createGuardedTarget } from './guarded/guarded.js';
import { DATABASE } from './guarded/names.js';
import type { Target } from './target.js';

/**
 * The target as the configuration has it: nothing else knows whether it is direct or guarded.
 * @param installation names this Hallpass to others that share our login; null when it grants nothing.
 * @param heard is told of each login on the server.
 */
export function openTarget(
  { mode, connect, replicas }: Pick<TargetConfig, 'mode' | 'connect' | 'replicas'>,
  installation: string | null = null,
  heard: Heard | null = null,
): Target {
  const options = {
    ...(installation === null ? {} : { name: `hallpass/${installation}` }),
    ...(heard === null ? {} : { heard }),
  };
  if (mode === 'direct') return createDirectTarget(connect, replicas, options);
  return createGuardedTarget(inside(connect), replicas.map(inside), options);
}

/** Whatever database people work in, the functions of a guarded target are in one of their own. */
export function inside(connect: Connect): Connect {
  return { ...connect, database: DATABASE };
}
