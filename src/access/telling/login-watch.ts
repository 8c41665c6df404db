/**
 * A server that turns Hallpass away (a wrong password, a line of pg_hba.conf, a certificate) lets nothing be revoked
 * there either. The code that meets it first reports it here. Hallpass tries once more, then tells the operators, by
 * the second heartbeat at the latest: long before anything is due or an approval waits for it.
 */
import { rewriteOperatorNote } from '../../ledger/messages/deliveries.js';
import type { TargetError } from '../../postgres/errors.js';
import { loggedInAgain, loginRefused } from '../../surfaces/operators/login-refused.js';
import type { Deps } from '../deps.js';
import { keepOperatorsTold, namesOf } from './operators.js';

/** After the operators were told, a server is tried this often, milliseconds: refused logins fill its log. */
const AGAIN_MS = 60_000;

export interface LoginWatch {
  /** What came of a login on this target; null: it succeeded. Returns at once. */
  heard(target: string, error: TargetError | null): void;
  /** Tries those once more that turned Hallpass away, and tells of them. */
  look(): Promise<void>;
}

interface Refused {
  readonly since: Date;
  readonly error: TargetError;
  /** The key of what the operators were told; null: nothing yet. */
  readonly told: string | null;
  /** When it is tried next, by `performance.now()`. */
  readonly next: number;
}

type WatchDeps = Pick<Deps, 'db' | 'config' | 'targets' | 'outbox' | 'logger' | 'background'>;

export function createLoginWatch(deps: WatchDeps): LoginWatch {
  const { db, config, targets, outbox, logger, background } = deps;
  const refused = new Map<string, Refused>();

  async function resolved(name: string, { since, told }: Refused): Promise<void> {
    logger.info({ target: name, since }, 'the target lets Hallpass log in again');
    if (told === null) return;
    await rewriteOperatorNote(
      db,
      told,
      loggedInAgain({ ...namesOf(config, name), since, until: new Date() }),
    );
    outbox.kick();
  }

  async function tell(name: string, { since, error }: Refused): Promise<string> {
    const { message: why, nextStep } = error;
    logger.error({ target: name, err: error, since }, 'the target refuses Hallpass’s login');
    // Replicas say it once. Within the hour it is said again in the same place.
    const key = `login-refused:${name}:${since.toISOString().slice(0, 13)}`;
    const message = loginRefused({ ...namesOf(config, name), since, why, nextStep });
    await keepOperatorsTold(deps, key, message);
    return key;
  }

  return {
    heard(name, error) {
      const known = refused.get(name);
      if (error === null) {
        if (known === undefined) return;
        refused.delete(name);
        background('tell that a target lets Hallpass log in again', resolved(name, known));
      } else if (error.kind === 'login_refused') {
        refused.set(name, { since: new Date(), told: null, next: 0, ...known, error });
      }
    },

    async look() {
      const now = performance.now();
      const due = [...refused].filter(([, { next }]) => next <= now).map(([name]) => name);
      await Promise.all(
        due.map(async (name) => {
          await targets
            .get(name)
            ?.look([])
            .catch(() => undefined);
          const still = refused.get(name);
          if (still === undefined) return;
          const told = still.told ?? (await tell(name, still));
          // It may have let us in meanwhile.
          if (refused.has(name)) refused.set(name, { ...still, told, next: performance.now() + AGAIN_MS });
          else await resolved(name, { ...still, told });
        }),
      );
    },
  };
}
