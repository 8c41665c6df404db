/** From the delivery of an approver's click to the membership that another session sees. */

import { loginOf, personOf } from '../../sandbox/herd/crowd.js';
import { withClient } from '../../sandbox/herd/herd-target.js';
import { CAST, CHANNELS } from '../../sandbox/stage/cast.js';
import { type Figures, spreadOf } from '../figures.js';
import { submitFor } from '../requests.js';
import type { World } from '../world.js';

const CLICKS = 500;

export function measureClicks(world: World): Promise<Pick<Figures, 'click_to_grant_ms' | 'bare_grant_ms'>> {
  const { stage, shop, sql, withHallpass } = world;
  const { slack } = stage;
  return withHallpass(async () => {
    const ids = await submitFor(
      world,
      Array.from({ length: CLICKS }, (_, i) => i + 1),
      shop.role,
    );
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
