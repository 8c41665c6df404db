import { coerceError } from '../../errors.js';
import { compareAtOnce, readKnownPlace, recordSeen } from '../../ledger/targets/servers.js';
import type { ChangeDeps } from '../change.js';
import type { Deps } from '../deps.js';
import { IDLE_EVERY_MS } from '../heartbeat.js';

type WatchDeps = ChangeDeps & Pick<Deps, 'config' | 'logger' | 'targets' | 'background'>;

/**
 * Looks, each time that it is called, which server each busy target is. An idle one with standbys is looked at as often as
 * its memberships are compared, so that a standby is recognized when it becomes the primary.
 */
export function createServerWatch(deps: WatchDeps): {
  /** @param busy where something is granted, or ended within the hour */
  look(busy: readonly string[]): Promise<void>;
} {
  const looked = new Map<string, number>();
  const looking = new Set<string>();
  return {
    async look(busy) {
      const due = new Set(busy);
      for (const [name, { replicas }] of deps.config.targets) {
        const age = performance.now() - (looked.get(name) ?? Number.NEGATIVE_INFINITY);
        if (replicas.length > 0 && age >= IDLE_EVERY_MS) due.add(name);
      }
      // One that doesn't answer delays none of the others.
      for (const name of due) {
        if (looking.has(name)) continue;
        looking.add(name);
        looked.set(name, performance.now());
        const look = lookAt(deps, name).finally(() => looking.delete(name));
        deps.background('look which server answers', look);
      }
    },
  };
}

/** Asks a server who it is, and its standbys; if it is another one, everything is compared at once. */
async function lookAt({ db, outbox, sweeps, logger, targets }: WatchDeps, name: string): Promise<void> {
  const target = targets.get(name);
  if (target === undefined) return;
  const { known, stranger } = await readKnownPlace(db, name);
  try {
    const { server } = await target.look([]);
    if (server.inRecovery) return;
    const isKnown = known?.id === server.id && known.startedAt === server.startedAt;
    // The operators have been told of a stranger that is still there.
    if (isKnown ? stranger !== null : stranger?.startedAt !== server.startedAt) {
      await compareAtOnce(db, name);
      outbox.kick();
      sweeps.wake(name);
    }
    if (!isKnown) return;
    const own = (await target.standbys()).filter(({ id }) => id === server.id);
    await recordSeen(db, name, server, Object.fromEntries(own.map((one) => [one.name, one.startedAt])));
  } catch (thrown) {
    logger.debug({ err: coerceError(thrown), target: name }, 'a server could not be asked who it is');
  }
}
