import { setTimeout as sleep } from 'node:timers/promises';
import type { Backstage } from '../../../stage/backstage.js';
import type { Noted } from './last-done.js';
import { describeChange, readSeen, type Seen } from './turning.js';

/** A heartbeat, and some more for a slow machine, milliseconds. */
const LOOK_MS = 25_000;
const EVERY_MS = 250;

/** Says of each request that was due what has become of it, until all has been said or a heartbeat has passed. */
export async function watchDue(
  backstage: Backstage,
  seen: readonly Seen[],
  { signal, add }: Noted,
): Promise<void> {
  let open = seen.filter(({ due }) => due !== null);
  const until = performance.now() + LOOK_MS;
  while (open.length > 0 && performance.now() < until) {
    await sleep(EVERY_MS);
    if (signal.aborted) return;
    const ids = open.map(({ id }) => id);
    const now = await readSeen(backstage.stage.ledgerUrl, ids).catch(() => []);
    for (const after of now) {
      const was = open.find(({ id }) => id === after.id);
      const change = was === undefined ? null : describeChange(was, after);
      if (change === null) continue;
      add(change);
      // One that is being revoked has not ended yet.
      open = open.flatMap((each) => (each.id !== after.id ? each : after.state === 'ending' ? after : []));
    }
  }
  if (open.length === 0) return;
  const why = backstage.state === 'running' ? 'Slack may say why' : 'Hallpass does not run';
  add(`Still as before: ${open.map(({ id }) => `R-${id}`).join(', ')}. ${why}.`);
}
