import { type App, HTTPReceiver, type Receiver, SocketModeReceiver } from '@slack/bolt';
import { cannotListen, coerceError, HallpassError } from '../errors.js';
import { type Logger, loggerForSlack } from '../logger.js';
import { logSecurity } from '../security.js';
import { pause } from './pace.js';
import { ignoreBadFrames, keepConnected } from './socket.js';

export type Transport =
  | { readonly kind: 'socket'; readonly appToken: string }
  | { readonly kind: 'http'; readonly signingSecret: string; readonly port: number };

/** A Bolt receiver that says whether payloads can reach it. `start` resolves once the first can. */
interface SlackReceiver extends Receiver {
  ready(): boolean;
}

/** Slack delivers each payload to one connection: while one is being refreshed, the other one listens. */
const SOCKETS = 2;
const OPEN_TIMEOUT_MS = 8_000;
/** How long after a refusal the token is tried again. */
const REFUSED_MS = 15_000;

interface ReceiverOptions {
  readonly transport: Transport;
  readonly apiUrl: string | null;
  readonly logger: Logger;
  /** Called when Slack refuses a token that worked before; with null for each connection that opens. */
  readonly onRefusal: (refusal: HallpassError | null) => void;
}

export function createReceiver(options: ReceiverOptions): SlackReceiver {
  const { transport } = options;
  return transport.kind === 'socket'
    ? createSocketReceiver(transport.appToken, options)
    : createHttpReceiver(transport, options.logger);
}

function createSocketReceiver(
  appToken: string,
  { apiUrl, logger, onRefusal }: ReceiverOptions,
): SlackReceiver {
  const stopping = new AbortController();
  const { signal } = stopping;
  const open = new Set<SocketModeReceiver>();
  const receivers = Array.from({ length: SOCKETS }, () => {
    const clientOptions = {
      timeout: OPEN_TIMEOUT_MS,
      // The library's retries end in the crash that keepConnected avoids.
      retryConfig: { retries: 0 },
      rejectRateLimitedCalls: true,
      fetch: (url: string | URL, init: Parameters<typeof fetch>[1] = {}) =>
        fetch(url, { ...init, signal: init.signal ? AbortSignal.any([init.signal, signal]) : signal }),
      ...(apiUrl === null ? {} : { slackApiUrl: apiUrl }),
    };
    const receiver = new SocketModeReceiver({
      appToken,
      logger: loggerForSlack(logger),
      autoReconnectEnabled: false,
      // Its own object each: the library writes into it.
      installerOptions: { clientOptions },
    });
    ignoreBadFrames(receiver.client, logger);
    return receiver;
  });
  let ended: Promise<unknown> = Promise.resolve();

  return {
    init: (app: App) => {
      for (const receiver of receivers) receiver.init(app);
    },

    start: () =>
      new Promise<void>((resolve, reject) => {
        let started = false;
        let refused = false;
        const hold = async (receiver: SocketModeReceiver): Promise<void> => {
          const onState = (isOpen: boolean): void => {
            if (isOpen) open.add(receiver);
            else open.delete(receiver);
            logger.info({ open: open.size, of: SOCKETS }, 'Socket Mode connections');
            if (!isOpen) return;
            started = true;
            refused = false;
            onRefusal(null);
            resolve();
          };
          while (!signal.aborted) {
            try {
              await keepConnected(receiver.client, { signal, logger, onState });
            } catch (thrown) {
              const error =
                thrown instanceof HallpassError
                  ? thrown
                  : new HallpassError('Socket Mode failed.', { passing: false, cause: coerceError(thrown) });
              if (!started) return reject(error);
              if (!refused) onRefusal(error);
              refused = true;
              // The app may get its rights back.
              await pause(REFUSED_MS, signal);
            }
          }
        };
        ended = Promise.all(receivers.map(hold)).then(() => resolve());
      }),

    stop: async () => {
      stopping.abort();
      await ended;
    },

    ready: () => open.size > 0,
  };
}

function createHttpReceiver(
  { signingSecret, port }: { signingSecret: string; port: number },
  logger: Logger,
): SlackReceiver {
  const forSlack = loggerForSlack(logger);
  const receiver = new HTTPReceiver({
    signingSecret,
    logger: {
      ...forSlack,
      // The library answers 401, and says why nowhere else.
      warn: (...said: unknown[]) => {
        const text = said.join(' ');
        if (!text.includes('Failed to parse and verify')) return forSlack.warn(...said);
        logSecurity(
          logger,
          text.includes('stale') ? 'old_timestamp' : 'wrong_signature',
          {},
          `Slack: ${text}`,
        );
      },
    },
  });
  let listening = false;
  return {
    init: (app: App) => receiver.init(app),
    start: async () => {
      try {
        await receiver.start(port);
      } catch (error) {
        throw cannotListen('PORT', port, error);
      }
      listening = true;
    },
    stop: async () => {
      if (!listening) return;
      listening = false;
      await receiver.stop();
    },
    ready: () => listening,
  };
}
