/** Grants that nobody uses, and the time that passes meanwhile. */
import { runSql } from '../../sandbox/postgres/server-access.js';
import type { Stage } from '../../sandbox/stage/stage.js';
import { changeInLedger, eventsOf } from './requests.js';
import { waitFor } from './wait-for.js';

/** As if all that is known of this request and of its target's sessions were so much older. */
export async function timePassed(stage: Stage, id: string, minutes: number): Promise<void> {
  const by = `- interval '${minutes} minutes'`;
  const times = ['granted_at', 'used_at', 'idle_told_at', 'idle_ends_at'];
  await changeInLedger(stage, id, times.map((time) => `${time} = ${time} ${by}`).join(', '));
  await runSql(stage.ledgerUrl, `update targets set watched_since = watched_since ${by}`);
}

interface InUse {
  readonly in_use: boolean;
  readonly session_ms: number;
}

export async function useOf(stage: Stage, id: string): Promise<InUse | undefined> {
  const sql = 'select in_use, session_ms from requests where id = $1';
  return (await runSql<InUse & { readonly in_use: boolean }>(stage.ledgerUrl, sql, [id.slice(2)]))[0];
}

export async function untilInUse(stage: Stage, id: string, inUse: boolean): Promise<void> {
  await waitFor(async () => (await useOf(stage, id))?.in_use === inUse, { what: `in_use to be ${inUse}` });
}

/** Until the request's target was just looked at as a whole, and no session was seen there. */
export async function untilSeenUnused(stage: Stage, id: string): Promise<void> {
  await untilInUse(stage, id, false);
  const seen = async () =>
    (
      await runSql(
        stage.ledgerUrl,
        `select from targets t join requests r on r.target = t.name
           where r.id = $1 and t.watched_at > now() - interval '1 minute'`,
        [id.slice(2)],
      )
    ).length > 0;
  await waitFor(seen, { what: 'the target to be seen' });
}

/** What was made of its not being used, in order. */
export async function idleKinds(stage: Stage, id: string): Promise<readonly string[]> {
  return (await eventsOf(stage, id)).map(({ kind }) => kind).filter((kind) => /unused|idle/.test(kind));
}
