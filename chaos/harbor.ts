/**
 * The harbor: a target whose primary fails over to an asynchronous standby, which takes its place at the same address.
 * The standby is listed in `replicas:`, at an address of its own that always leads to the standby of today.
 */
import { type Cluster, startCluster } from '../sandbox/postgres/cluster.js';
import { startProxy, type TcpProxy } from '../sandbox/postgres/proxy.js';
import type { ServerAccess } from '../sandbox/postgres/server-access.js';
import { type Standby, startStandby } from '../test/support/standby.js';

/** An address that can be led elsewhere. */
export interface Gate {
  readonly proxy: TcpProxy;
  /** New connections go there; those that there are end. */
  leadTo(server: { readonly port: number }): void;
}

export interface Harbor {
  /** Whichever server is the primary. */
  readonly server: ServerAccess;
  readonly primary: Gate;
  readonly standby: Gate;
  /** From now on the standby hears nothing of what the primary commits. */
  lag(): void;
  /** Ends the primary, and promotes the standby that lags. Returns when it has a standby of its own. */
  failOver(): Promise<void>;
  close(): Promise<void>;
}

export async function startGate(server: { readonly host: string; readonly port: number }): Promise<Gate> {
  const to = { host: server.host, port: server.port };
  const proxy = await startProxy(to);
  return {
    proxy,
    leadTo: ({ port }) => {
      to.port = port;
      proxy.cut();
    },
  };
}

/** One that can be the primary, and how it ends. */
type Server = ServerAccess & Pick<Cluster, 'dataDir'> & { end(): Promise<void> };

export async function startHarbor(build: (server: ServerAccess) => Promise<void>): Promise<Harbor> {
  const first = await startCluster({ name: 'harbor' });
  await build(first);
  let current: Server = { ...first, end: () => first.close() };
  /** What the standby hears of its primary passes here. */
  let wire = await startProxy(current);
  let follower: Standby = await startStandby({ ...current, port: wire.port });
  const [primary, standby] = [await startGate(current), await startGate(follower)];
  const server: ServerAccess = {
    get host() {
      return current.host;
    },
    get port() {
      return current.port;
    },
    get url() {
      return current.url;
    },
    user: first.user,
    password: first.password,
    database: first.database,
    urlFor: (login) => current.urlFor(login),
    query: (sql, params, database) => current.query(sql, params, database),
  };
  return {
    server,
    primary,
    standby,
    lag: () => {
      wire.toServer = () => null;
      wire.toClient = () => null;
    },
    failOver: async () => {
      const promoted = follower;
      await current.end();
      await wire.close();
      await promoted.promote();
      current = { ...promoted, end: () => promoted.stop() };
      primary.leadTo(current);
      wire = await startProxy(current);
      follower = await startStandby({ ...current, port: wire.port });
      standby.leadTo(follower);
    },
    close: async () => {
      await follower.stop();
      await current.end();
      await Promise.all([primary.proxy.close(), standby.proxy.close(), wire.close()]);
    },
  };
}
