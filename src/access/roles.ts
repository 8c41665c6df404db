/**
 * The roles that are offered: those of the configuration, and those that `discover` finds on a target. A server is
 * asked in the background, never while somebody waits, and what it said last is what holds. While it doesn't answer,
 * what it said goes on being offered for ten minutes, and stands for what was asked for before.
 */
import type { Config, RoleConfig, TargetConfig } from '../config/config.js';
import { roleOn } from '../config/lookup.js';
import { coerceError } from '../errors.js';
import type { Logger } from '../logger.js';
import { ownWords } from '../surfaces/text.js';
import type { Discovery, FoundRole } from '../target/discover.js';

/** Each target that has `discover` is asked this often, milliseconds. */
export const DISCOVER_EVERY_MS = 60_000;
/** What was said longer ago is not offered any more, milliseconds. */
const STALE_MS = 10 * 60_000;
/** Who looks at a target has it asked anew, but no server is asked more often than this, milliseconds. */
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
  /** Asks every target; resolves when each has answered or failed to. Never throws. */
  refresh(): Promise<void>;
}

/** What is found on one target. */
interface Watch {
  /** Empty as long as the target has not answered. */
  known(): ReadonlyMap<string, RoleConfig>;
  /** As `known`, but nothing that was said too long ago. */
  fresh(): ReadonlyMap<string, RoleConfig>;
  isStale(): boolean;
  /** One question at a time, and none when it was asked just now; never throws. */
  ask(): Promise<void>;
}

const NONE: ReadonlyMap<string, RoleConfig> = new Map();

/** @param discoveries of the targets that have `discover`, by key. */
export function createRoles(
  config: Config,
  discoveries: ReadonlyMap<string, Pick<Discovery, 'roles'>>,
  logger: Logger,
): Roles {
  const watches = new Map<string, Watch>();
  for (const [key, discovery] of discoveries) {
    const target = config.targets.get(key);
    if (target !== undefined) watches.set(key, watch(target, discovery, logger));
  }
  const listed = (target: string) => config.targets.get(target)?.roles ?? NONE;

  return {
    role: (target, name) => listed(target).get(name) ?? watches.get(target)?.known().get(name),
    offered: (target, name) => listed(target).get(name) ?? watches.get(target)?.fresh().get(name),
    list: (target) => [...listed(target).values(), ...(watches.get(target)?.fresh().values() ?? [])],
    isUnsure: (target) => watches.get(target)?.isStale() === true,
    wake: (target) => void watches.get(target)?.ask(),
    async refresh() {
      await Promise.all([...watches.values()].map((each) => each.ask()));
    },
  };
}

function watch(target: TargetConfig, discovery: Pick<Discovery, 'roles'>, logger: Logger): Watch {
  let known = NONE;
  /** When that was asked for: it tells how things were then. */
  let knownAt = Number.NEGATIVE_INFINITY;
  let askedAt = Number.NEGATIVE_INFINITY;
  let asking: Promise<void> = Promise.resolve();
  let busy = false;
  /** What went wrong last, so that an outage is logged once and not each minute. */
  let trouble: string | null = null;

  async function read(at: number): Promise<void> {
    try {
      const found = await discovery.roles();
      known = new Map(
        found.flatMap(({ role, comment }) => {
          // What the configuration lists is as it is listed.
          const like = target.roles.has(role) ? null : roleOn(target, role);
          return like === null ? [] : [[role, { ...like, about: aboutOf(comment) }] as const];
        }),
      );
      knownAt = at;
      trouble = null;
    } catch (thrown) {
      const error = coerceError(thrown);
      if (trouble !== error.message) {
        logger.warn({ err: error, target: target.key }, 'the roles of a target could not be read');
      }
      trouble = error.message;
    }
  }

  const isStale = () => performance.now() - knownAt >= STALE_MS;
  return {
    known: () => known,
    fresh: () => (isStale() ? NONE : known),
    isStale,
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

function aboutOf(comment: FoundRole['comment']): string | null {
  const line = ownWords((comment ?? '').replace(/\s+/gu, ' '), MOST_ABOUT);
  return line === '' ? null : line;
}
