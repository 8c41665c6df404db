import { isIP } from 'node:net';
import type { RedisServer } from '../config/environment/redis-url.js';
import { connectorTo, MasterConnector } from './redis-connector.js';

/** How long to wait before trying again when the backend is down. */
export const RETRY_MS = 1_000;

/**
 * A server that doesn't answer for this long is gone: a machine that dies closes no connection. Longer than the 10 s for
 * which BullMQ's worker has Redis wait for a job.
 */
const SILENCE_MS = 15_000;

/** `maxRetriesPerRequest: null`: BullMQ's worker blocks on Redis and needs a client that never gives up a command. */
export function redisOptions({ hosts, sentinel, username, password, db, tls }: RedisServer) {
  const common = {
    db,
    ...(username !== null && { username }),
    ...(password !== null && { password }),
    maxRetriesPerRequest: null,
    retryStrategy: () => RETRY_MS,
    socketTimeout: SILENCE_MS,
  };
  if (sentinel === null) {
    const [at = { host: 'localhost', port: 6_379 }] = hosts;
    // Many managed Redis services tell customers apart by the name in the handshake; an address isn't a name.
    const named = isIP(at.host) === 0 ? { servername: at.host } : {};
    const secured = tls && { ...tls, ...named };
    return { ...common, ...at, ...(secured && { tls: secured }), Connector: connectorTo(at, secured) };
  }
  return {
    ...common,
    Connector: MasterConnector,
    sentinels: [...hosts],
    name: sentinel.master,
    ...(sentinel.username !== null && { sentinelUsername: sentinel.username }),
    ...(sentinel.password !== null && { sentinelPassword: sentinel.password }),
    ...(tls && { tls, sentinelTLS: tls, enableTLSForSentinelMode: true }),
    sentinelRetryStrategy: () => RETRY_MS,
  };
}
