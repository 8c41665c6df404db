/** What happens to the servers on which roles are granted, and to the network before them. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { TcpProxy } from '../../sandbox/postgres/proxy.js';
import type { ClusterTarget } from '../stage.js';
import type { Begun, Fault } from './fault.js';

/** A COMMIT that is sent alone, and so ends a transaction that changed something. */
const COMMIT = Buffer.from('COMMIT\0');
/** Type and length stand before it (PostgreSQL documentation, "Message Formats": Query). */
const HEADER_BYTES = 5;

export function targetFaults(targets: readonly ClusterTarget[]): readonly (readonly Fault[])[] {
  const each = (
    name: string,
    lasts: Fault['lasts'],
    begin: (target: ClusterTarget) => Promise<Begun>,
  ): readonly Fault[] =>
    targets.map((target) => ({
      name,
      lasts,
      place: target.name,
      excuses: target.name,
      begin: () => begin(target),
    }));
  return [
    each('stopped', [2_000, 10_000], async ({ server }) => {
      await server.stop();
      return { heal: () => server.start() };
    }),
    each('crashed', [1_000, 5_000], async ({ server }) => {
      await server.kill();
      return { heal: () => server.start() };
    }),
    each('restarted', [0, 0], async ({ server }) => {
      await server.stop('immediate');
      return { heal: () => server.start() };
    }),
    each('connections terminated, again and again', [1_000, 4_000], terminate),
    each('read-only', [3_000, 8_000], async ({ server }) => {
      await setting(server, `SET default_transaction_read_only = on`);
      return { heal: () => setting(server, 'RESET default_transaction_read_only') };
    }),
    each('half-open: the network goes silent', [4_000, 12_000], async ({ gate: { proxy } }) => {
      goSilent(proxy);
      return { heal: async () => speakAgain(proxy) };
    }),
    each('cut before COMMIT arrives', [2_000, 6_000], async ({ gate: { proxy } }) => {
      proxy.toServer = (chunk, link) => {
        if (!isCommit(chunk)) return chunk;
        link.cut();
        return null;
      };
      return { heal: async () => proxy.heal() };
    }),
    each('cut before COMMIT is answered', [2_000, 6_000], async ({ gate: { proxy } }) => {
      const waiting = new WeakSet<object>();
      proxy.toServer = (chunk, link) => {
        if (isCommit(chunk)) waiting.add(link);
        return chunk;
      };
      proxy.toClient = (chunk, link) => {
        if (!waiting.has(link)) return chunk;
        link.cut();
        return null;
      };
      return { heal: async () => proxy.heal() };
    }),
  ];
}

function isCommit(chunk: Buffer): boolean {
  return chunk.length === HEADER_BYTES + COMMIT.length && chunk.subarray(HEADER_BYTES).equals(COMMIT);
}

async function terminate({ server }: ClusterTarget): Promise<Begun> {
  const end = new AbortController();
  const storm = (async () => {
    while (!end.signal.aborted) {
      await server.query(
        "SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity WHERE usename = 'hallpass'",
      );
      await sleep(50);
    }
  })();
  // Told when it is healed.
  storm.catch(() => undefined);
  return {
    heal: async () => {
      end.abort();
      await storm;
    },
  };
}

async function setting(server: ClusterTarget['server'], change: string): Promise<void> {
  await server.query(`ALTER SYSTEM ${change}`);
  await server.query('SELECT pg_reload_conf()');
}

/** Nothing comes through, and neither side hears of it. */
function goSilent(proxy: TcpProxy): void {
  proxy.toServer = () => null;
  proxy.toClient = () => null;
  proxy.hidesClose = true;
}

/** What was on its way is lost, so the connections of before are of no use: their ends hear that now. */
function speakAgain(proxy: TcpProxy): void {
  proxy.hidesClose = false;
  proxy.cut();
  proxy.heal();
}
