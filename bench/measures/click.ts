/** From the delivery of an approver's click to the membership that another session sees. */
import { CAST, CHANNELS } from '../../sandbox/stage/cast.js';
import { loginOf, personOf } from '../crowd.js';
import { type Figures, spreadOf } from '../figures.js';
import { withClient } from '../granter.js';
import type { World } from '../world.js';

const CLICKS = 500;

export function measureClicks(world: World): Promise<Pick<Figures, 'click_to_grant_ms' | 'bare_grant_ms'>> {
  const { stage, shop, sql, withHallpass } = world;
  const { slack } = stage;
  return withHallpass(async () => {
    const ids = await submitAll(world);
    const cora = slack.as(CAST.cora);
    const cards = await slack.waitFor(() => {
      const messages = cora.messages(CHANNELS.access);
      return messages.length >= CLICKS ? messages : null;
    }, 60_000);
    const cardOf = new Map(
      (
        await sql<{ id: number; ts: string }>(
          'select request_id::int as id, ts from deliveries where kind = $1',
          ['card'],
        )
      ).map(({ id, ts }) => [id, cards.find((card) => card.ts === ts)]),
    );
    const clicks: number[] = [];
    const bare: number[] = [];
    await withClient(shop.url, async (client) => {
      for (const [i, id] of ids.entries()) {
        const card = cardOf.get(id);
        const member = shop.memberOids[i];
        if (card === undefined || member === undefined) throw new Error(`R-${id} has no card`);
        const seen = shop.watch.seen(shop.roleOid, member);
        const at = Date.now();
        await cora.click(card, 'Approve');
        clicks.push((await seen) - at);
        // So that nothing of one request is still under way while the next is measured.
        const holder = slack.as(personOf(i + 1));
        await slack.waitFor(() => holder.messages('dm').length > 0);
        // Beside it, so that both see the same machine.
        const began = performance.now();
        await client.query('begin');
        await client.query(
          `grant orders_write to ${loginOf(i + 1)} with inherit true, set false granted by current_user`,
        );
        await client.query(
          'select from pg_auth_members where roleid = $1::regrole and member = $2 and grantor = $3',
          ['orders_write', member, shop.grantorOid],
        );
        await client.query('commit');
        bare.push(performance.now() - began);
      }
    });
    const { p50, p99 } = spreadOf(clicks);
    return { click_to_grant_ms: { p50, p99 }, bare_grant_ms: { p50: spreadOf(bare).p50 } };
  });
}

/** As the form would have: a card is to be shown of each. */
async function submitAll({ sql, shop }: World): Promise<number[]> {
  const people = Array.from({ length: CLICKS }, (_, i) => i + 1);
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
    [shop.key, shop.role, people.map(loginOf), people.map(personOf), CHANNELS.access],
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
