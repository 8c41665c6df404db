/**
 * Slack's side of Hallpass. Invariants: every payload is acknowledged, whatever happens after it; only payloads for this
 * workspace and app go further; a stop waits for the payloads being handled.
 */
import { type AnyMiddlewareArgs, App } from '@slack/bolt';
import PQueue from 'p-queue';
import type { Access } from '../access/access.js';
import { coerceError, HallpassError } from '../errors.js';
import { inTime } from '../in-time.js';
import { type Logger, loggerForSlack } from '../logger.js';
import { logSecurity } from '../security.js';
import type { TurnedAway } from '../surfaces/answers/turned-away.js';
import { ACK_BUDGET_MS, type Deps, isClaimed } from './answer.js';
import { registerActions } from './listeners/actions.js';
import { registerCommands } from './listeners/commands.js';
import { registerEvents } from './listeners/events.js';
import { registerHome } from './listeners/home.js';
import { registerOpeners } from './listeners/openers.js';
import { registerOptions } from './listeners/options.js';
import { registerShortcuts } from './listeners/shortcuts.js';
import { registerViews } from './listeners/views.js';
import type { Outward } from './outward.js';
import { backoffMs, pause } from './pace.js';
import { parseAddress, parseSender, type Sender } from './payloads/sender.js';
import { createReceiver, type Transport } from './receiver.js';
import { createSeal } from './seal.js';
import { createSeen } from './seen.js';
import { turnAway } from './turn-away.js';
import { type Address, type Workspace, whyForeign } from './workspace.js';

export interface SlackApp {
  /**
   * Resolves when payloads can arrive; while Slack is down it tries until `stop`.
   * @throws HallpassError, not passing, when Slack refuses a token or the port is taken.
   */
  start(): Promise<void>;
  /** Accepts no more payloads and waits for those being handled, at most 8 s in all. Never throws. */
  stop(): Promise<void>;
  /** Whether a payload can arrive now: a socket is open, or the port listens. */
  ready(): boolean;
}

type Foreign = Exclude<TurnedAway, 'unknown'>;

const STOP_MS = 8_000;
/** A private answer through a response URL. */
const RESPOND_TIMEOUT_MS = 8_000;

export function createSlackApp({
  transport,
  apiUrl,
  command,
  access,
  messenger: outward,
  formSecret,
  logger,
  onRefusal,
}: {
  transport: Transport;
  /** null for Slack's own. */
  apiUrl: string | null;
  /** "/request". */
  command: string;
  access: Access;
  messenger: Outward;
  /** Forms are sealed with it; the same in every replica. */
  formSecret: string;
  logger: Logger;
  /** Called when Slack refuses an app-level token that worked before; with null when it accepts it. */
  onRefusal: (refusal: HallpassError | null) => void;
}): SlackApp {
  const seal = createSeal(formSecret);
  const deps: Deps = { access, outward, logger, seal, command };
  const cameBefore = createSeen();
  // Neither of Bolt's receivers waits for its listeners when it stops.
  const inFlight = new PQueue();
  const stopping = new AbortController();
  const receiver = createReceiver({ transport, apiUrl, logger, onRefusal });
  let workspace: Workspace | undefined;

  // With `authorize` Bolt calls auth.test neither in its constructor (where a failure would end the process) nor at
  // each payload. It gets no token: everything outward goes through the messenger.
  const app = new App({
    receiver,
    authorize: async () => ({}),
    convoStore: false,
    extendedErrorHandler: true,
    logger: loggerForSlack(logger),
    clientOptions: {
      // Bolt's respond() has no timeout of its own.
      fetch: (url, init) => fetch(url, { ...init, signal: AbortSignal.timeout(RESPOND_TIMEOUT_MS) }),
    },
  });
  app.error(async ({ error }: { error: Error }) => {
    logger.error({ err: error }, 'Slack: a listener failed');
  });

  app.use(({ next }) => inFlight.add(next));

  app.use(async (args) => {
    if ('event' in args) {
      // Bolt has acknowledged it already.
      const address = parseAddress(args.body);
      const foreign = whyRefused(address);
      if (foreign !== null) return logSecurity(logger, foreign, { ...address }, 'Slack: refused an event');
      return args.next();
    }
    const sender = parseSender(args.body);
    const foreign = whyRefused(sender?.address ?? null);
    if (foreign !== null) return refuse(args, sender, foreign);
    if (!seal.isWhole(args.body)) return refuse(args, sender, 'altered_form');
    if (sender !== null && sender.triggerId !== null && cameBefore(sender.triggerId)) {
      logSecurity(logger, 'replayed_payload', { user: sender.actor.userId }, 'Slack: a payload came again');
    }
    await args.next();
    if (!isClaimed(args.context)) {
      logger.info({ type: args.body.type }, 'Slack: a payload that nothing here answers');
      await turnAway(args, 'unknown', deps);
    }
  });

  function whyRefused(address: Address | null): Foreign | null {
    if (address === null) return 'malformed_payload';
    return workspace === undefined ? 'foreign_workspace' : whyForeign(address, workspace);
  }

  async function refuse(args: AnyMiddlewareArgs, from: Sender | null, why: Foreign): Promise<void> {
    const facts = { user: from?.actor.userId, team: from?.address.teamId, app: from?.address.appId };
    logSecurity(logger, why, facts, 'Slack: refused a payload');
    await turnAway(args, why, deps);
  }

  registerCommands(app, deps);
  registerActions(app, deps);
  registerOpeners(app, deps);
  registerOptions(app, deps);
  registerViews(app, deps);
  registerShortcuts(app, deps);
  registerEvents(app, deps);
  registerHome(app, deps);

  async function identify(): Promise<typeof workspace> {
    for (let failures = 1; !stopping.signal.aborted; failures += 1) {
      try {
        return await outward.whoAmI();
      } catch (error) {
        if (!(error instanceof HallpassError) || !error.passing) throw error;
        logger.warn({ err: error, failures }, 'Slack: not reached, trying again');
        await pause(backoffMs(failures), stopping.signal);
      }
    }
    return undefined;
  }

  return {
    start: async () => {
      workspace = await identify();
      if (workspace !== undefined && !stopping.signal.aborted) await app.start();
    },

    stop: async () => {
      const deadline = performance.now() + STOP_MS;
      const left = (): number => Math.max(0, deadline - performance.now());
      stopping.abort();
      // Acknowledgements go back over the connection that the payload came from, so it stays open for them.
      await inTime(ACK_BUDGET_MS, inFlight.onIdle(), () => undefined);
      const closed = app.stop().catch((error: unknown) => {
        logger.warn({ err: coerceError(error) }, 'Slack: the receiver did not stop cleanly');
      });
      await inTime(left(), closed, () => undefined);
      await inTime(left(), inFlight.onIdle(), () =>
        logger.warn('Slack: stopped while something was being handled'),
      );
    },

    ready: () => receiver.ready(),
  };
}
