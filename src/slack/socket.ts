/**
 * Keeps one Socket Mode connection open. The library's own reconnecting (socket-mode 3.1.0) is switched off: it is deaf for
 * 5 s at each of Slack's refreshes, and a failed refresh becomes an unhandled rejection, after which it never tries again.
 * Here, when a connection ends, the next one opens at once, or after a growing pause while that fails. Invariant: this ends
 * only by `signal`, or when Slack refuses the token for good.
 */
import type { SocketModeReceiver } from '@slack/bolt';
import { WebAPIPlatformError, WebAPIRateLimitedError } from '@slack/web-api';
import { coerceError, HallpassError } from '../errors.js';
import { inTime } from '../in-time.js';
import type { Logger } from '../logger.js';
import { backoffMs, pause } from './pace.js';

type SocketClient = SocketModeReceiver['client'];

/** Slack says hello when a connection is ready; one that is silent this long is given up. */
const HELLO_MS = 15_000;
/** A peer that doesn't answer the close frame for this long is dropped. */
const CLOSE_MS = 2_000;
/** A shorter-lived connection counts as a failure: otherwise we would hammer a server that hangs up. */
const SHORT_LIFE_MS = 10_000;

/** Errors of apps.connections.open that last until the token or the app is changed. */
const REFUSALS: ReadonlySet<string> = new Set([
  'not_authed',
  'invalid_auth',
  'account_inactive',
  'token_revoked',
  'token_expired',
  'missing_scope',
  'not_allowed_token_type',
  'no_permission',
  'user_removed_from_team',
  'team_disabled',
]);

function connectionError(thrown: unknown): HallpassError {
  if (thrown instanceof WebAPIPlatformError && REFUSALS.has(thrown.data.error)) {
    return new HallpassError(`Slack refuses the app-level token: ${thrown.data.error}.`, {
      passing: false,
      nextStep:
        'Copy an app-level token (xapp-...) with the scope connections:write into SLACK_APP_TOKEN and restart Hallpass.',
      cause: thrown,
    });
  }
  const cause = thrown === undefined ? undefined : coerceError(thrown);
  return new HallpassError(
    `The Socket Mode connection did not open: ${cause?.message ?? 'it was closed before Slack said hello'}.`,
    { passing: true, cause },
  );
}

/**
 * The library doesn't await its listener for frames: one that is JSON but not a message of Slack's (`null`) would become an
 * unhandled rejection and end the process.
 */
export function ignoreBadFrames(client: SocketClient, logger: Logger): void {
  for (const listener of client.listeners('ws_message')) {
    client.off('ws_message', listener);
    client.on('ws_message', async (...frame: unknown[]) => {
      try {
        await listener(...frame);
      } catch (thrown) {
        logger.warn({ err: coerceError(thrown) }, 'Socket Mode: a frame that is no message was ignored');
      }
    });
  }
}

/** Resolves when the connection is closed, whether or not the peer answers. */
async function close(client: SocketClient): Promise<void> {
  // Asked a second time, the library drops the connection at once.
  await inTime(CLOSE_MS, client.disconnect(), () => client.disconnect());
}

/** Opens one connection and resolves when it has ended. Throws when it did not open. */
async function connectOnce(client: SocketClient, signal: AbortSignal, onOpen: () => void): Promise<void> {
  let onClosed = (): void => {};
  const closed = new Promise<void>((resolve) => {
    onClosed = resolve;
  });
  client.once('disconnected', onClosed);
  let closing: Promise<void> | undefined;
  const hangUp = (): void => {
    closing ??= close(client);
  };
  const hello = setTimeout(hangUp, HELLO_MS);
  signal.addEventListener('abort', hangUp, { once: true });
  try {
    await client.start();
    clearTimeout(hello);
    // Stopped between Slack's answer and the opening of the socket: hangUp found nothing to close.
    if (signal.aborted) await close(client);
    else onOpen();
    await closed;
  } finally {
    clearTimeout(hello);
    signal.removeEventListener('abort', hangUp);
    client.off('disconnected', onClosed);
    await closing;
  }
}

/** Resolves when `signal` has ended the connection. @throws HallpassError, not passing, when Slack refuses the token. */
export async function keepConnected(
  client: SocketClient,
  { signal, logger, onState }: { signal: AbortSignal; logger: Logger; onState: (open: boolean) => void },
): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    let openedAt: number | undefined;
    let slackAsksForMs = 0;
    try {
      await connectOnce(client, signal, () => {
        openedAt = performance.now();
        onState(true);
      });
    } catch (thrown) {
      if (signal.aborted) return;
      const error = connectionError(thrown);
      if (!error.passing) throw error;
      if (thrown instanceof WebAPIRateLimitedError) slackAsksForMs = thrown.retryAfter * 1000;
      logger.warn({ err: error, failures: failures + 1 }, 'Socket Mode: not connected, trying again');
    } finally {
      if (openedAt !== undefined) onState(false);
    }
    const livedMs = openedAt === undefined ? 0 : performance.now() - openedAt;
    failures = livedMs >= SHORT_LIFE_MS ? 0 : failures + 1;
    await pause(Math.max(backoffMs(failures), slackAsksForMs), signal);
  }
}
