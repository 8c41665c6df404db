/** Another server answers at a target's address: by a failover that has lost the last of it, or a copy for a while. */
import { setTimeout as sleep } from 'node:timers/promises';
import { startStandby } from '../../test/support/standby.js';
import type { Harbor } from '../harbor.js';
import type { ClusterTarget } from '../stage.js';
import type { Timeline } from '../timeline.js';
import type { Fault } from './fault.js';

/** How long a standby lags before it is promoted: so much of what was granted and revoked is lost; milliseconds. */
const LAG_MS = [3_000, 9_000] as const;

/** Before an address leads to a copy, so many are waited for, and so long, milliseconds. */
const LEAST_GRANTED = 3;
const GRANTED_MS = 20_000;

/**
 * The standby hears nothing for a while, the primary ends, and the standby takes its place: memberships that were
 * revoked meanwhile are there again, and some that were granted are not. Both must be found and settled by the bound.
 */
export function failoverFault(harbor: Harbor, timeline: Timeline): readonly Fault[] {
  return [
    {
      name: 'fails over to a standby that lags',
      place: 'harbor',
      lasts: [0, 0],
      excuses: 'harbor',
      begin: async (random) => {
        const over = timeline.beginLoss('harbor', 'failover');
        const ms = Math.round(random.between(...LAG_MS));
        harbor.lag();
        await sleep(ms);
        return {
          what: `${ms} ms of it are lost`,
          heal: async () => {
            await harbor.failOver();
            over();
          },
        };
      },
    },
  ];
}

/**
 * The address leads to a copy that was promoted, and then back. What is due on the original may be late meanwhile, and
 * nothing that the copy shows proves anything of it: no request may end while the original still has its membership.
 */
export function copyFault({ name, server, gate }: ClusterTarget, timeline: Timeline): readonly Fault[] {
  return [
    {
      name: 'its address leads to a copy',
      place: name,
      lasts: [4_000, 12_000],
      excuses: name,
      begin: async () => {
        const over = timeline.beginLoss(name, 'copy');
        const copy = await startStandby(server);
        await copy.promote();
        await untilGranted(server);
        gate.leadTo(copy);
        return {
          heal: async () => {
            gate.leadTo(server);
            await copy.stop();
            await dropSlot(server, `standby_${copy.port}`);
            over();
          },
        };
      },
    },
  ];
}

/**
 * Waits until roles are granted there, for a while. With nothing out, what answers is taken for the target's own: grants
 * then go to the copy, and once the address leads back nobody but an operator can say which server counts.
 */
async function untilGranted(server: ClusterTarget['server']): Promise<void> {
  for (const until = performance.now() + GRANTED_MS; performance.now() < until; await sleep(100)) {
    const [row] = await server.query<{ n: number }>(
      "SELECT count(*)::int AS n FROM pg_auth_members WHERE grantor = 'hallpass'::regrole",
    );
    if ((row?.n ?? 0) >= LEAST_GRANTED) return;
  }
}

/** The slot would keep all WAL of the rest of the run. */
async function dropSlot(server: ClusterTarget['server'], slot: string): Promise<void> {
  await server.query(
    'SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = $1 AND NOT active',
    [slot],
  );
}
