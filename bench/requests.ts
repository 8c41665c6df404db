/** Messages and requests as Hallpass would have written them, a great many at once. */

import { loginOf, personOf } from '../sandbox/herd/crowd.js';
import { BATCH } from '../sandbox/herd/herd-target.js';
import { CHANNELS } from '../sandbox/stage/cast.js';
import { chunks } from '../src/postgres/by-role.js';
import type { World } from './world.js';

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
