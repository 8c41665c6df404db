/**
 * What each target is reached by, as the configuration has it now. One that is to be reached otherwise is opened again
 * beside the old one, which is closed when nobody can be using it any more. One that leaves the configuration stays
 * until nothing is open there: an approval may have been under way while the configuration was read.
 */
import type { Config, TargetConfig } from './config/config.js';
import type { TargetState } from './metrics.js';
import { observed, UNSEEN } from './observed.js';
import { createDiscovery, type Discovery } from './postgres/discover.js';
import type { TargetError } from './postgres/errors.js';
import { createInspector, type Inspector } from './postgres/inspecting/inspector.js';
import { openTarget } from './postgres/open.js';
import type { Target } from './postgres/target.js';

/** Longer than any call to a server takes: nobody who began with it is using it then; milliseconds. */
const IN_USE_MS = 25_000;

export interface Fleet {
  /** By key; each map changes as the configuration does. */
  readonly targets: ReadonlyMap<string, Target>;
  readonly inspectors: ReadonlyMap<string, Inspector>;
  readonly discoveries: ReadonlyMap<string, Discovery>;
  /** What each showed this process last. */
  readonly states: ReadonlyMap<string, TargetState>;
  /** Goes by this configuration from now on. Never throws. @returns the targets that are new, or reached otherwise. */
  adopt(next: Config): readonly string[];
  /** Those that left the configuration so long ago that nothing new can come of it. */
  left(): readonly string[];
  /** Nothing is open there any more. */
  letGo(name: string): void;
  close(): Promise<void>;
}

/**
 * @param idle resolves when no sweep of this target that has begun is running.
 * @param heard is told what came of each login on a target; null: it succeeded.
 */
export function createFleet(
  config: Config,
  installation: string,
  {
    idle,
    heard,
  }: {
    readonly idle: (name: string) => Promise<void>;
    readonly heard: (name: string, error: TargetError | null) => void;
  },
): Fleet {
  const targets = new Map<string, Target>();
  const inspectors = new Map<string, Inspector>();
  const discoveries = new Map<string, Discovery>();
  const states = new Map<string, TargetState>();
  const reached = new Map<string, string>();
  /** When each left the configuration. */
  const leftAt = new Map<string, number>();
  /** What nobody new can find, and somebody may still be using. */
  const retired = new Set<() => Promise<void>>();

  function open(target: TargetConfig): void {
    const { key, connect, mode } = target;
    const hear = (error: TargetError | null) => heard(key, error);
    const opened = openTarget(target, installation, hear);
    states.set(key, UNSEEN);
    const watched = observed(opened, (state) => {
      // The one that it was before may still be answering.
      if (targets.get(key) === watched) states.set(key, state);
    });
    targets.set(key, watched);
    inspectors.set(key, createInspector(connect));
    if (target.discover.length > 0) discoveries.set(key, createDiscovery(connect, mode, { heard: hear }));
    else discoveries.delete(key);
    reached.set(key, reachOf(target));
  }

  function partsOf(name: string): readonly { close(): Promise<void> }[] {
    return [targets.get(name), inspectors.get(name), discoveries.get(name)].filter(
      (part) => part !== undefined,
    );
  }

  function retire(name: string): void {
    const parts = partsOf(name);
    const close = async () => {
      if (!retired.delete(close)) return;
      await Promise.all(parts.map((part) => part.close()));
    };
    retired.add(close);
    const afterUse = async () => {
      await idle(name);
      await close();
    };
    // A server that is gone has no goodbye to say.
    setTimeout(() => void afterUse().catch(() => undefined), IN_USE_MS).unref();
  }

  for (const target of config.targets.values()) open(target);
  return {
    targets,
    inspectors,
    discoveries,
    states,
    adopt(next) {
      const changed = [...next.targets.values()].filter(
        (target) => reached.get(target.key) !== reachOf(target),
      );
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
    left: () => [...leftAt].filter(([, at]) => performance.now() - at >= IN_USE_MS).map(([name]) => name),
    letGo(name) {
      retire(name);
      for (const map of [targets, inspectors, discoveries, states, reached, leftAt]) map.delete(name);
    },
    async close() {
      const parts = [...reached.keys()].flatMap(partsOf);
      await Promise.all([...parts.map((part) => part.close()), ...[...retired].map((close) => close())]);
    },
  };
}

/** What a connection is made by. It may hold a password, and is kept nowhere else. */
function reachOf({ mode, connect, replicas, discover }: TargetConfig): string {
  return JSON.stringify([mode, connect, replicas, discover.length > 0]);
}
