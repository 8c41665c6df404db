/**
 * The connections to each target, as the configuration has them now. When its connection settings change, a target is
 * opened again next to the old one, which is closed once nothing can be using it. One that leaves the configuration stays
 * until nothing is open there: an approval may have been under way while the configuration was read.
 */
import type { Config, TargetConfig } from './config/config.js';
import type { TargetState } from './metrics.js';
import { observed, UNSEEN } from './observed.js';
import { createDiscovery, type Discovery } from './postgres/discover.js';
import type { TargetError } from './postgres/errors.js';
import { createInspector, type Inspector } from './postgres/inspecting/inspector.js';
import { createObjectsReader, type ObjectsReader } from './postgres/objects/objects-reader.js';
import { openTarget } from './postgres/open.js';
import type { Target } from './postgres/target.js';

/** Longer than any call to a server takes: by then no caller is using it; milliseconds. */
const IN_USE_MS = 25_000;

export type Fleet = ReturnType<typeof createFleet>;

/**
 * @param on.idle resolves when the sweep of this target that is under way is done.
 * @param on.heard gets the result of each login on a target; null: it succeeded.
 */
export function createFleet(
  config: Config,
  installation: string,
  on: { idle(name: string): Promise<void>; heard(name: string, error: TargetError | null): void },
) {
  // By key; each map changes as the configuration does.
  const targets = new Map<string, Target>();
  const inspectors = new Map<string, Inspector>();
  const discoveries = new Map<string, Discovery>();
  const objectsReaders = new Map<string, ObjectsReader>();
  /** What each last showed this process. */
  const states = new Map<string, TargetState>();
  const reached = new Map<string, string>();
  /** When each left the configuration. */
  const leftAt = new Map<string, number>();
  /** Closes what no new caller can find, and an old one may still be using. */
  const retired = new Set<() => Promise<void>>();

  function open(target: TargetConfig): void {
    const { key, connect, mode, replicas } = target;
    const hear = (error: TargetError | null) => on.heard(key, error);
    states.set(key, UNSEEN);
    const watched = observed(openTarget(target, installation, hear), (state) => {
      // Its predecessor may still be answering.
      if (targets.get(key) === watched) states.set(key, state);
    });
    targets.set(key, watched);
    inspectors.set(key, createInspector(connect, {}, replicas));
    objectsReaders.set(key, createObjectsReader(connect));
    if (target.discover.length > 0) discoveries.set(key, createDiscovery(connect, mode, { heard: hear }));
    else discoveries.delete(key);
    reached.set(key, reachOf(target));
  }

  function partsOf(name: string): readonly { close(): Promise<void> }[] {
    const parts = [targets, inspectors, discoveries, objectsReaders].map((all) => all.get(name));
    return parts.filter((part) => part !== undefined);
  }

  function retire(name: string): void {
    const parts = partsOf(name);
    const close = async () => {
      if (retired.delete(close)) await Promise.all(parts.map((part) => part.close()));
    };
    retired.add(close);
    const afterUse = () =>
      void on
        .idle(name)
        .then(close)
        .catch(() => undefined);
    setTimeout(afterUse, IN_USE_MS).unref();
  }

  for (const target of config.targets.values()) open(target);
  return {
    targets: targets as ReadonlyMap<string, Target>,
    inspectors: inspectors as ReadonlyMap<string, Inspector>,
    discoveries: discoveries as ReadonlyMap<string, Discovery>,
    objectsReaders: objectsReaders as ReadonlyMap<string, ObjectsReader>,
    states: states as ReadonlyMap<string, TargetState>,
    /** Uses this configuration from now on. Never throws. @returns the targets that are new, or reached in another way. */
    adopt(next: Config): readonly string[] {
      const all = [...next.targets.values()];
      const changed = all.filter((target) => reached.get(target.key) !== reachOf(target));
      for (const target of changed) {
        if (reached.has(target.key)) retire(target.key);
        open(target);
      }
      for (const name of reached.keys()) {
        if (next.targets.has(name)) leftAt.delete(name);
        else if (!leftAt.has(name)) leftAt.set(name, performance.now());
      }
      return changed.map(({ key }) => key);
    },
    /** Those that left the configuration long enough ago that no request can still reach them. */
    left: () => [...leftAt].filter(([, at]) => performance.now() - at >= IN_USE_MS).map(([name]) => name),
    /** Closes a target on which nothing is open any more. */
    letGo(name: string): void {
      retire(name);
      for (const map of [targets, inspectors, discoveries, objectsReaders, states, reached, leftAt])
        map.delete(name);
    },
    async close(): Promise<void> {
      for (const name of reached.keys()) retire(name);
      await Promise.all([...retired].map((close) => close()));
    },
  };
}

/** The settings that a connection depends on. They may hold a password, and are kept nowhere else. */
function reachOf({ mode, connect, replicas, discover }: TargetConfig): string {
  return JSON.stringify([mode, connect, replicas, discover.length > 0]);
}
