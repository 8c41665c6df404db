/**
 * What the offered roles give on each target, for those who ask by a table or by an error. Read in the background when
 * somebody looks at a target, and again while it is in use; a target at which nobody looks is left alone.
 */
import type { Config } from '../../config/config.js';
import { inTime } from '../../in-time.js';
import type { Logger } from '../../logger.js';
import type { ObjectsIndex, OfferedRole } from '../../postgres/objects/objects-index.js';
import type { ObjectsReader } from '../../postgres/objects/objects-reader.js';
import { type Asked, createAsked } from './asked.js';
import type { Roles } from './roles.js';

/** No server is asked more often, milliseconds. It is a look at every table there. */
const ASK_EVERY_MS = 60_000;
/** Nor more often than this, where a role is offered by now that was not read, milliseconds. */
const ASK_FOR_NEW_EVERY_MS = 5_000;
/** As often the targets in use are asked, milliseconds. */
const IN_USE_EVERY_MS = 5 * 60_000;

export interface Objects {
  /** What the target said last; null when it has not said anything yet. Asks again when that is a while ago. */
  of(target: string): ObjectsIndex | null;
  /** As `of`; waits for the first answer so long. Never throws. */
  within(target: string, ms: number): Promise<ObjectsIndex | null>;
  /** Somebody looks at this target: what is new there is known soon. Returns at once. */
  wake(target: string): void;
  /** Asks those again that are in use. Never throws. @param busy where something is out, or ended within the hour. */
  refresh(busy: ReadonlySet<string>): Promise<void>;
}

interface Watch {
  readonly reader: Reader;
  readonly asked: Asked<ObjectsIndex>;
}

type Reader = Pick<ObjectsReader, 'read'>;

/** @param readers by target; the map changes as the configuration does. */
export function createObjects(
  config: Config,
  readers: ReadonlyMap<string, Reader>,
  roles: Pick<Roles, 'list'>,
  logger: Logger,
): Objects {
  const watches = new Map<string, Watch>();

  function offered(target: string): readonly OfferedRole[] {
    return roles.list(target).map(({ role, terms }) => ({ role, setRole: terms.setRole }));
  }

  function watchOf(key: string): Asked<ObjectsIndex> | null {
    const reader = config.targets.has(key) ? readers.get(key) : undefined;
    if (reader === undefined) {
      watches.delete(key);
      return null;
    }
    const before = watches.get(key);
    // One that is reached otherwise than before is asked from the beginning.
    if (before?.reader === reader) return before.asked;
    const asked = ask(key, reader);
    watches.set(key, { reader, asked });
    return asked;
  }

  function ask(key: string, reader: Reader): Asked<ObjectsIndex> {
    let readFor: ReadonlySet<string> = new Set();
    const read = (): Promise<ObjectsIndex> => {
      const all = offered(key);
      readFor = new Set(all.map(({ role }) => role));
      return reader.read(all);
    };
    const everyMs = () =>
      roles.list(key).every(({ role }) => readFor.has(role)) ? ASK_EVERY_MS : ASK_FOR_NEW_EVERY_MS;
    const what = 'what the roles of a target give could not be read';
    return createAsked(read, { key, what, everyMs, logger });
  }

  function wake(key: string): Promise<void> | undefined {
    return watchOf(key)?.ask();
  }

  function of(key: string): ObjectsIndex | null {
    void wake(key);
    return watchOf(key)?.said() ?? null;
  }

  return {
    of,
    async within(key, ms) {
      const known = of(key);
      if (known !== null || ms <= 0) return known;
      await inTime(ms, wake(key) ?? Promise.resolve(), () => undefined);
      return of(key);
    },
    wake: (key) => void wake(key),
    async refresh(busy) {
      const inUse = [...watches].filter(
        ([key, { asked }]) => busy.has(key) && asked.age() >= IN_USE_EVERY_MS,
      );
      await Promise.all(inUse.map(([key]) => wake(key)));
    },
  };
}
