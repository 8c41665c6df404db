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
import type { Objects } from './asking/objects.js';
import type { Roles } from './asking/roles.js';
import type { UseWatch } from './keeping/uses.js';

/** The adapters that the use cases work with; built in context.ts. */
export interface Deps {
  readonly config: Config;
  readonly db: Queryable;
  readonly targets: ReadonlyMap<string, Target>;
  /** Read from each target what people are shown of its roles. */
  readonly inspectors: ReadonlyMap<string, Inspector>;
  /** The roles that are offered, listed in the configuration or found on a target. */
  readonly roles: Roles;
  /** What the offered roles give, for those who ask by a table or by an error. */
  readonly objects: Objects;
  readonly onCall: OnCall;
  /** Pages the operators; null when no routing key is set. */
  readonly events: Events | null;
  readonly messenger: Messenger;
  readonly alarms: Alarms;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** What the last look at a target saw of the sessions that could use a grant; asks nobody. */
  readonly uses: Pick<UseWatch, 'of'>;
  /** Work that goes on after the answer was given; the process waits for it before it ends, and logs its errors. */
  readonly background: (what: string, work: Promise<unknown>) => void;
  /** Asks again, in the background, what an approval depends on; the outcome wakes the target. Returns at once. */
  readonly clearAgain: (id: number) => void;
  /** Slack has begun or stopped to accept messages in some place: tells the people concerned. Returns at once. */
  readonly placesChanged: () => void;
  /** `kick`: there is something to show. Returns at once. */
  readonly outbox: { kick(): void };
  /** `openLater`: this person's Home is drawn, with this notice, as soon as the ledger answers. Returns at once. */
  readonly homes: { openLater(userId: string, notice: string | null): void };
  /** `wake`: there is something to do on this target. Returns at once. */
  readonly sweeps: { wake(target: string): void };
}

/** For a command that writes into the ledger: any `serve` that runs next to it finds it there. */
export const OTHERS_LOOK: Pick<Deps, 'outbox' | 'sweeps'> = {
  outbox: { kick: () => undefined },
  sweeps: { wake: () => undefined },
};
