import type { Logger } from 'pino';
import type { Config } from '../config/config.js';
import type { Queryable } from '../ledger/pool.js';
import type { Messenger } from '../messenger/messenger.js';
import type { Metrics } from '../metrics.js';
import type { Events } from '../oncall/events.js';
import type { OnCall } from '../oncall/on-call.js';
import type { Inspector } from '../postgres/inspecting/inspector.js';
import type { Target } from '../postgres/target.js';
import type { Alarms } from '../queue/alarms.js';
import type { Roles } from './asking/roles.js';

/** How often every process looks at everything, milliseconds. Every bound that Hallpass states follows from it. */
export const HEARTBEAT_MS = 15_000;

/**
 * A target where nothing is out and nothing ended within the hour is asked nothing for so long, milliseconds, unless
 * somebody opens a form or asks for a role there: its server may be one that sleeps meanwhile.
 */
export const IDLE_EVERY_MS = 30 * 60_000;

/** The adapters that the use cases work with; built in context.ts. */
export interface Deps {
  readonly config: Config;
  readonly db: Queryable;
  readonly targets: ReadonlyMap<string, Target>;
  /** What people are shown of each target's roles, read from it. */
  readonly inspectors: ReadonlyMap<string, Inspector>;
  /** The roles that are offered, listed in the configuration or found on a target. */
  readonly roles: Roles;
  readonly onCall: OnCall;
  /** Pages the operators; null when no routing key is set. */
  readonly events: Events | null;
  readonly messenger: Messenger;
  readonly alarms: Alarms;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Work that goes on after the answer was given; waited for at the end of the process, its errors logged. */
  readonly background: (what: string, work: Promise<unknown>) => void;
  /** What an approval depends on is asked again, in the background; its outcome wakes the target. Returns at once. */
  readonly clearAgain: (id: number) => void;
  /** Slack lets something be posted, or nothing any more, in some place: who concerns that is told. Returns at once. */
  readonly placesChanged: () => void;
  /** `kick`: something is to be shown. Returns at once. */
  readonly outbox: { kick(): void };
  /** `wake`: something is to be done on this target. Returns at once. */
  readonly sweeps: { wake(target: string): void };
}

/** For a command that writes into the ledger: whichever `serve` runs beside it finds it there. */
export const OTHERS_LOOK: Pick<Deps, 'outbox' | 'sweeps'> = {
  outbox: { kick: () => undefined },
  sweeps: { wake: () => undefined },
};
