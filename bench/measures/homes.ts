/**
 * Fifty people have their Home open, some of whom decide and operate, while ten thousand grants are out: from an approver's
 * click on a card until the requester's Home shows the grant, and the approver's own no longer asks for it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { personOf } from '../../sandbox/herd/crowd.js';
import { wordsOf } from '../../sandbox/slack/index.js';
import { CAST, CHANNELS, GROUPS } from '../../sandbox/stage/cast.js';
import { type Figures, spreadOf } from '../figures.js';
import { fillActive } from '../fill.js';
import { submitFor } from '../requests.js';
import type { World } from '../world.js';

const ACTIVE = 10_000;
/** Of the crowd: the first ones operate and decide, too. */
const OPEN = 48;
const DECIDE = 6;
const ROLES = ['orders_read', 'orders_write', 'payments_read'];
/** Who asks, each for three roles. */
const HOLDERS = Array.from({ length: OPEN - DECIDE }, (_, i) => DECIDE + 1 + i);

export async function measureHomes(world: World): Promise<Pick<Figures, 'home_fresh_ms'>> {
  const { stage, sql, withHallpass } = world;
  const { slack } = stage;
  const more = Array.from({ length: DECIDE }, (_, i) => personOf(i + 1));
  slack.workspace.setGroup(GROUPS.dba, { members: [CAST.cora, ...more] });
  slack.workspace.setGroup(GROUPS.sre, { members: [CAST.olga, ...more] });
  await sql('delete from homes');
  await fillActive(world, ACTIVE);
  return withHallpass(async () => {
    const people = [CAST.cora, CAST.olga, ...Array.from({ length: OPEN }, (_, i) => personOf(i + 1))];
    for (const person of people) slack.as(person).openHome();
    const words = (person: string) => wordsOf(slack.as(person).home()?.blocks ?? []);
    await slack.waitFor(() => people.every((person) => words(person).includes('What you hold')), 60_000);
    // All at once, because nothing tells a running Hallpass of them; the oldest are on the approver's first page.
    const ids: { readonly id: number; readonly requester: number }[] = [];
    for (const role of ROLES) {
      const made = await submitFor(world, HOLDERS, role);
      ids.push(...made.map((id, i) => ({ id, requester: HOLDERS[i] ?? 0 })));
    }
    const cora = slack.as(CAST.cora);
    const samples: number[] = [];
    for (const { id, requester } of ids) {
      const name = `R-${id}`;
      const card = await slack.waitFor(
        () => cora.messages(CHANNELS.access).find(({ text }) => text.includes(`${name} ·`)),
        60_000,
      );
      await slack.waitFor(() => words(CAST.cora).includes(name), 60_000);
      // So that nothing of one request is still under way while the next is measured.
      await sleep(500);
      const person = personOf(requester);
      const isShown = () => {
        const held = words(person).split('What you asked for')[0] ?? '';
        const granted = new RegExp(`:unlock:[^\\n]*\\n\`psql[^\\n]*\\n${name} · login`);
        return granted.test(held) && !words(CAST.cora).includes(name);
      };
      const began = performance.now();
      await cora.click(card, 'Approve');
      await slack.waitFor(isShown, 60_000);
      samples.push(performance.now() - began);
    }
    const { p50, p99 } = spreadOf(samples);
    return { home_fresh_ms: { p50, p99 } };
  });
}
