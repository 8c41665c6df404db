/**
 * The roles that are offered: those of the configuration, and those that `discover` finds on a target. A server is
 * asked in the background, never while somebody waits, and what it said last is what holds. While it doesn't answer,
 * what it said goes on being offered for ten minutes, and stands for what was asked for before.
 */
import type { Config, RoleConfig, TargetConfig } from '../../config/config.js';
import { roleOn } from '../../config/lookup.js';
import type { Logger } from '../../logger.js';
import type { Discovery, FoundRole } from '../../postgres/discover.js';
import { ownWords } from '../../surfaces/kit/text.js';
import { type Asked, createAsked } from './asked.js';

/** Each target that has `discover` is asked this often, milliseconds; an idle one as often as its memberships are compared. */
export const DISCOVER_EVERY_MS = 60_000;
/** Who looks at a target has it asked again, but no server is asked more often than this, milliseconds. */
const ASK_EVERY_MS = 5_000;
/** As much of a COMMENT is shown as of an `about` in the configuration, characters. */
const MOST_ABOUT = 150;

export interface Roles {
  /** The role as it is known, for what was asked for already; undefined when it is not offered any more. */
  role(target: string, name: string): RoleConfig | undefined;
  /** The role, if it may be asked for now. */
  offered(target: string, name: string): RoleConfig | undefined;
  /** All that may be asked for now. */
  list(target: string): readonly RoleConfig[];
  /** Which roles are found there is not known at present: the server doesn't answer. */
  isUnsure(target: string): boolean;
  /** Somebody looks at this target: what is new there is found soon. Returns at once. */
  wake(target: string): void;
  /**
   * Asks every target, or all but those that are idle and have answered lately; resolves when each has answered or failed
   * to. Never throws.
   * @param busy those where something is out, or ended within the hour; null: ask all.
   */
  refresh(busy: ReadonlySet<string> | null): Promise<void>;
}

/** What is found on one target. */
interface Watch extends Asked<readonly FoundRole[]> {
  /** Whom it asks. */
  readonly discovery: Discovers;
  /** As today's configuration has it; empty as long as the target has not answered. */
  known(target: TargetConfig): ReadonlyMap<string, RoleConfig>;
  /** As `known`, but nothing of a server that has been silent for too long. */
  fresh(target: TargetConfig): ReadonlyMap<string, RoleConfig>;
}

type Discovers = Pick<Discovery, 'roles'>;

const NONE: ReadonlyMap<string, RoleConfig> = new Map();

/**
 * @param config what is configured now: its content may change, as that of `discoveries`.
 * @param discoveries of the targets that have `discover`, by key.
 */
export function createRoles(
  config: Config,
  discoveries: ReadonlyMap<string, Discovers>,
  logger: Logger,
): Roles {
  const watches = new Map<string, Watch>();
  /** What is found there; a target that is reached otherwise than before is asked from the beginning. */
  function watchOf(key: string): Watch | undefined {
    const discovery = discoveries.get(key);
    if (discovery === undefined) {
      watches.delete(key);
      return undefined;
    }
    const before = watches.get(key);
    if (before?.discovery === discovery) return before;
    const made = watch(key, discovery, logger);
    watches.set(key, made);
    return made;
  }
  const listed = (target: string) => config.targets.get(target)?.roles ?? NONE;
  const found = (key: string, which: 'known' | 'fresh') => {
    const target = config.targets.get(key);
    return target === undefined ? NONE : (watchOf(key)?.[which](target) ?? NONE);
  };

  return {
    role: (target, name) => listed(target).get(name) ?? found(target, 'known').get(name),
    offered: (target, name) => listed(target).get(name) ?? found(target, 'fresh').get(name),
    list: (target) => [...listed(target).values(), ...found(target, 'fresh').values()],
    isUnsure: (target) => watchOf(target)?.isStale() === true,
    wake: (target) => void watchOf(target)?.ask(),
    async refresh(busy) {
      await Promise.all(
        [...discoveries.keys()].map((key) => {
          const one = watchOf(key);
          return busy !== null && !busy.has(key) && one?.mayRest() ? null : one?.ask();
        }),
      );
    },
  };
}

function watch(key: string, discovery: Discovers, logger: Logger): Watch {
  const what = 'the roles of a target could not be read';
  const asked = createAsked(() => discovery.roles(), { key, what, everyMs: () => ASK_EVERY_MS, logger });
  /** What was said, as one configuration has it. */
  let known: {
    readonly as: TargetConfig;
    readonly said: readonly FoundRole[] | null;
    readonly roles: ReadonlyMap<string, RoleConfig>;
  } | null = null;

  function rolesAs(target: TargetConfig): ReadonlyMap<string, RoleConfig> {
    const said = asked.said();
    if (known?.as !== target || known.said !== said) {
      known = { as: target, said, roles: configured(target, said ?? []) };
    }
    return known.roles;
  }

  return {
    ...asked,
    discovery,
    known: rolesAs,
    fresh: (target) => (asked.isStale() ? NONE : rolesAs(target)),
  };
}

/** What the configuration lists is as it is listed. */
function configured(target: TargetConfig, found: readonly FoundRole[]): ReadonlyMap<string, RoleConfig> {
  return new Map(
    found.flatMap(({ role, comment }) => {
      const like = target.roles.has(role) ? null : roleOn(target, role);
      return like === null ? [] : [[role, { ...like, about: aboutOf(comment) }] as const];
    }),
  );
}

function aboutOf(comment: FoundRole['comment']): string | null {
  const line = ownWords((comment ?? '').replace(/\s+/gu, ' '), MOST_ABOUT);
  return line === '' ? null : line;
}
