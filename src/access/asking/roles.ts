/**
 * The roles that are offered: those of the configuration, and those that `discover` finds on a target. A server is
 * asked in the background, never while somebody waits, and what it said last is what holds. While it doesn't answer,
 * what it said goes on being offered for ten minutes, and stands for what was asked for before.
 */
import type { Config, RoleConfig, TargetConfig } from '../../config/config.js';
import { roleOn } from '../../config/lookup.js';
import { coerceError } from '../../errors.js';
import type { Logger } from '../../logger.js';
import type { Discovery, FoundRole } from '../../postgres/discover.js';
import { ownWords } from '../../surfaces/kit/text.js';
import { IDLE_EVERY_MS } from '../heartbeat.js';

/** Each target that has `discover` is asked this often, milliseconds; an idle one as often as its memberships are compared. */
export const DISCOVER_EVERY_MS = 60_000;
/** While a server doesn't answer, what it said longer ago is not offered any more, milliseconds. */
const STALE_MS = 10 * 60_000;
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
interface Watch {
  /** Whom it asks. */
  readonly discovery: Asked;
  /** As today's configuration has it; empty as long as the target has not answered. */
  known(target: TargetConfig): ReadonlyMap<string, RoleConfig>;
  /** As `known`, but nothing of a server that has been silent for too long. */
  fresh(target: TargetConfig): ReadonlyMap<string, RoleConfig>;
  isStale(): boolean;
  /** It answered when it was last asked, and not long ago for an idle target. */
  mayRest(): boolean;
  /** One question at a time, and none when it was asked just now; never throws. */
  ask(): Promise<void>;
}

type Asked = Pick<Discovery, 'roles'>;

const NONE: ReadonlyMap<string, RoleConfig> = new Map();

/**
 * @param config what is configured now: its content may change, as that of `discoveries`.
 * @param discoveries of the targets that have `discover`, by key.
 */
export function createRoles(config: Config, discoveries: ReadonlyMap<string, Asked>, logger: Logger): Roles {
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

function watch(key: string, discovery: Asked, logger: Logger): Watch {
  let said: readonly FoundRole[] = [];
  /** What was said, as one configuration has it. */
  let known: { readonly as: TargetConfig; readonly roles: ReadonlyMap<string, RoleConfig> } | null = null;
  /** When that was asked for: it tells how things were then. */
  let knownAt = Number.NEGATIVE_INFINITY;
  let askedAt = Number.NEGATIVE_INFINITY;
  let asking: Promise<void> = Promise.resolve();
  let busy = false;
  /** What went wrong last, so that an outage is logged once and not each minute. */
  let trouble: string | null = null;

  async function read(at: number): Promise<void> {
    try {
      said = await discovery.roles();
      known = null;
      knownAt = at;
      trouble = null;
    } catch (thrown) {
      const error = coerceError(thrown);
      if (trouble !== error.message) {
        logger.warn({ err: error, target: key }, 'the roles of a target could not be read');
      }
      trouble = error.message;
    }
  }

  function rolesAs(target: TargetConfig): ReadonlyMap<string, RoleConfig> {
    if (known?.as !== target) known = { as: target, roles: configured(target, said) };
    return known.roles;
  }

  const age = () => performance.now() - knownAt;
  // One that was not asked says what it said.
  const isStale = () => age() >= STALE_MS && (trouble !== null || knownAt === Number.NEGATIVE_INFINITY);
  return {
    discovery,
    known: rolesAs,
    fresh: (target) => (isStale() ? NONE : rolesAs(target)),
    isStale,
    mayRest: () => trouble === null && age() < IDLE_EVERY_MS,
    ask() {
      const now = performance.now();
      if (!busy && now - askedAt >= ASK_EVERY_MS) {
        busy = true;
        askedAt = now;
        asking = read(now).finally(() => {
          busy = false;
        });
      }
      return asking;
    },
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
