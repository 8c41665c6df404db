/** Requests as Hallpass would have written them, a great many at once. */

import { CHANNELS } from '../sandbox/stage/cast.js';
import { chunks } from '../src/postgres/by-role.js';
import { loginOf, personOf } from './crowd.js';
import { BATCH, type Granter } from './granter.js';
import type { World } from './world.js';

/** When each grant expires, milliseconds since 1970; its holder is the one of the crowd with the same place in the list. */
export type Expiries = readonly number[];

/**
 * Grants the target's role to the first ones of the crowd: in the ledger and on the target.
 * @returns the ids
 */
export async function grantAll(
  { sql }: Pick<World, 'sql'>,
  granter: Granter,
  expiries: Expiries,
): Promise<number[]> {
  // What changes from here on is looked for when each has ended: by an older mark, that would be all of its catalogs.
  const [mark] = await granter.cluster.query<{ xid: string }>(
    'select pg_current_xact_id()::xid::text as xid',
  );
  const rows = await sql<{ id: number }>(
    `insert into requests (version, state, target, role, login, requester, reason, wished_ms, duration_ms, asked, view_id,
         pending_until, decided_at, decided_by, decided_via, server, grantor_oid, role_oid, member_oid, granted_at,
         expires_at, sessions, set_role, grace_ms, mark)
       select 4, 'active', $1, $2, g.login, g.person, 'bench', 3600000, 3600000, '[]', 'bench:' || gen_random_uuid(),
         now(), now(), 'U0CORA', 'dba', $3, $4, $5, g.member, now(), to_timestamp(g.expires / 1000), 'auto', false,
         30000, $10
       from unnest($6::text[], $7::text[], $8::oid[], $9::float8[]) with ordinality
         as g (login, person, member, expires, n) order by n
       returning id::int`,
    [
      granter.key,
      granter.role,
      granter.server,
      granter.grantorOid,
      granter.roleOid,
      expiries.map((_, i) => loginOf(i + 1)),
      expiries.map((_, i) => personOf(i + 1)),
      granter.memberOids.slice(0, expiries.length),
      expiries,
      mark?.xid,
    ],
  );
  const ids = rows.map(({ id }) => id);
  await granter.grant(ids);
  return ids;
}

/** Moves the end of what is granted there. */
async function expireAt({ sql }: Pick<World, 'sql'>, granter: Granter, at: number): Promise<void> {
  await sql(
    `update requests set expires_at = to_timestamp($2::float8 / 1000) where target = $1 and state = 'active'`,
    [granter.key, at],
  );
}

const FAR_MS = 3_600_000;

interface GrantedHerd {
  /** The requests, by target. */
  readonly ids: readonly (readonly number[])[];
  /** Has all of them end so many milliseconds from now. @returns the moment, milliseconds since 1970 */
  endIn(ms: number): Promise<number>;
}

/** Grants each target's role to so many, all of them until one moment that is set later: to grant takes its time. */
export async function grantHerd(
  world: Pick<World, 'sql'>,
  granters: readonly Granter[],
  n: number,
): Promise<GrantedHerd> {
  const far = Date.now() + FAR_MS;
  const ids: number[][] = [];
  for (const granter of granters)
    ids.push(
      await grantAll(
        world,
        granter,
        Array.from({ length: n }, () => far),
      ),
    );
  return {
    ids,
    async endIn(ms) {
      const due = Date.now() + ms;
      await Promise.all(granters.map((granter) => expireAt(world, granter, due)));
      return due;
    },
  };
}

/** Waits until Hallpass has compared everything on these targets since `since`: from then on it is at rest. */
export async function settled({ sql }: Pick<World, 'sql'>, granters: readonly Granter[]): Promise<void> {
  const until = performance.now() + 60_000;
  for (;;) {
    const [row] = await sql<{ all: boolean }>(
      'select bool_and(checked_at is not null) as all from targets where name = any($1)',
      [granters.map(({ key }) => key)],
    );
    if (row?.all === true) return;
    if (performance.now() > until) throw new Error('Hallpass did not compare what is granted');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/**
 * Cards and direct messages of these requests as they stand in Slack by then.
 */
export async function showInSlack({ sql, stage }: World, ids: readonly number[]): Promise<void> {
  const { slack } = stage;
  const post = async (channel: string): Promise<string> => {
    const answer = await fetch(`${slack.apiUrl}chat.postMessage`, {
      method: 'POST',
      headers: { authorization: `Bearer ${slack.botToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ channel, text: 'Granted' }),
    });
    const said: unknown = await answer.json();
    if (typeof said === 'object' && said !== null && 'ts' in said && 'channel' in said) {
      return `${String(said.channel)}/${String(said.ts)}`;
    }
    throw new Error(`Slack took no message: ${JSON.stringify(said)}`);
  };
  for (const batch of chunks(
    ids.map((id, i) => ({ id, person: personOf(i + 1) })),
    BATCH,
  )) {
    const places = await Promise.all(
      batch.map(async ({ person }) => [await post('C0ACCESS'), await post(person)] as const),
    );
    const shown = batch.flatMap(({ id, person }, i) => [
      { key: `card:${id}`, kind: 'card', id, recipient: 'C0ACCESS', place: places[i]?.[0] },
      { key: `status:${id}`, kind: 'status', id, recipient: person, place: places[i]?.[1] },
    ]);
    await sql(
      `insert into deliveries (key, kind, request_id, recipient, wanted, sent, channel, ts)
         select key, kind, id, recipient, 4, 4, split_part(place, '/', 1), split_part(place, '/', 2)
         from jsonb_to_recordset($1::jsonb) as s (key text, kind text, id bigint, recipient text, place text)`,
      [JSON.stringify(shown)],
    );
  }
}

/** As the form would have, on the shop: a card is to be shown of each. @param people of the crowd @returns the ids */
export async function submitFor(
  { sql, shop }: Pick<World, 'sql' | 'shop'>,
  people: readonly number[],
  role: string,
): Promise<number[]> {
  const rows = await sql<{ id: number }>(
    `with r as (
       insert into requests (target, role, login, requester, reason, wished_ms, duration_ms, asked, view_id, pending_until)
         select $1, $2, p.login, p.person, 'bench', 3600000, 3600000, '[{"id":"S0DBA","name":"dba"}]',
           'bench:' || gen_random_uuid(), now() + interval '1 hour'
         from unnest($3::text[], $4::text[]) with ordinality as p (login, person, n) order by n
         returning *
     ), audited as (
       insert into events (request_id, kind, actor, data)
         select id, 'submitted', requester, jsonb_build_object('target', target, 'role', role, 'login', login,
           'reason', reason, 'wishedMs', wished_ms, 'asked', asked) from r order by id
     ), shown as (
       insert into deliveries (key, kind, request_id, recipient, wanted)
         select 'card:' || id, 'card', id, $5, version from r
     )
     select id::int from r order by id`,
    [shop.key, role, people.map(loginOf), people.map(personOf), CHANNELS.access],
  );
  const ids = rows.map(({ id }) => id);
  // It was read while they waited; else it is read before an approval.
  const preview = { danger: 'read', reasons: [], databases: [], unread: [], moreUnread: 0, leaks: [] };
  await sql(
    `insert into events (request_id, kind, data) select id, 'previewed', $2::jsonb from unnest($1::bigint[]) as i (id)`,
    [ids, JSON.stringify({ ok: true, preview, sessions: [] })],
  );
  return ids;
}
