/** Revokes what an operator ended from this process, beside any running Hallpass, until all of it is proved gone. */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRoles } from '../../access/asking/roles.js';
import { OTHERS_LOOK } from '../../access/deps.js';
import { revokeUntil } from '../../access/operating/revoke-due.js';
import { createAnchors } from '../../access/recovery/anchors.js';
import { createLeases } from '../../access/sweeping/leases.js';
import type { Config, TargetConfig } from '../../config/config.js';
import { readInstallation } from '../../ledger/installation.js';
import type { Queryable } from '../../ledger/pool.js';
import { type EndScope, readUnproved, type Unproved } from '../../ledger/requests/open-in.js';
import { releaseLease } from '../../ledger/targets/leases.js';
import { createLogger } from '../../logger.js';
import { openTarget } from '../../postgres/open.js';

/** How often the ledger is asked for progress, milliseconds. */
const POLL_MS = 250;

interface Proving {
  readonly scope: EndScope;
  readonly ids: readonly number[];
  /** Gives up when nothing more was proved for this long, milliseconds. */
  readonly patienceMs: number;
  /** How many are not proved gone yet. */
  readonly onProgress: (left: number) => void;
  /** Aborted when the operator has interrupted the command. */
  readonly signal: AbortSignal;
}

/** @returns what is not proved gone when it gave up; nothing in the ledger changes by giving up. */
export async function revokeHere(
  db: Queryable,
  config: Config,
  { scope, ids, patienceMs, onProgress, signal }: Proving,
): Promise<Unproved> {
  const logger = createLogger('silent');
  const deps = { db, config, logger, ...OTHERS_LOOK, clearAgain: () => undefined };
  const sweeping = { ...deps, roles: createRoles(config, new Map(), logger) };
  const leases = createLeases(deps, `${hostname()}/${process.pid}/${randomUUID().slice(0, 8)}`);
  const tools = { anchors: createAnchors(deps), leases };
  // By this, the running Hallpass is not taken for another installation that shares its login.
  const installation = await readInstallation(db);
  const stop = new AbortController();
  const working = new Map<string, Promise<void>>();
  let unproved = await readUnproved(db, scope, ids);

  const isDone = (name: string) => !targetsOf(unproved).has(name);
  const work = async ({ key, ...how }: TargetConfig) => {
    const target = openTarget(how, installation);
    try {
      await revokeUntil(sweeping, tools, key, target, () => isDone(key), stop.signal);
    } finally {
      await target.close();
    }
  };

  let least = Number.POSITIVE_INFINITY;
  let since = performance.now();
  try {
    for (;;) {
      const left = sizeOf(unproved);
      onProgress(left);
      if (left === 0 || signal.aborted) break;
      if (left < least) since = performance.now();
      least = Math.min(least, left);
      if (performance.now() - since > patienceMs) break;
      for (const name of targetsOf(unproved)) {
        const target = config.targets.get(name);
        if (target !== undefined && !working.has(name)) working.set(name, work(target));
      }
      await sleep(POLL_MS, undefined, { signal }).catch(() => undefined);
      // A ledger that can't be reached for a moment has shown no progress.
      unproved = await readUnproved(db, scope, ids).catch(() => unproved);
    }
  } finally {
    stop.abort();
    // A target that hangs keeps its lease until the process is cut off.
    if (signal.aborted) {
      // A lease that can't be released runs out by itself.
      const released = [...working.keys()].map((name) => releaseLease(db, name, leases.holder));
      await Promise.allSettled(released);
    }
    await Promise.all(working.values());
  }
  return readUnproved(db, scope, ids);
}

function targetsOf({ requests, remnants }: Unproved): ReadonlySet<string> {
  return new Set([...requests.keys(), ...remnants.map(({ target }) => target)]);
}

function sizeOf({ requests, remnants }: Unproved): number {
  return [...requests.values()].reduce((sum, n) => sum + n, remnants.length);
}
