/** From the confirmation of an emergency, as Slack delivers it, to the membership that another session sees. */

import { personOf } from '../../sandbox/herd/crowd.js';
import { tickEmergency } from '../../sandbox/stage/emergency.js';
import { fillFormAs } from '../../sandbox/stage/people.js';
import { type Figures, spreadOf } from '../figures.js';
import type { Granter } from '../granter.js';
import type { World } from '../world.js';

/** On each target, each by somebody else. */
const EMERGENCIES = 50;

export function measureBreakGlass(world: World): Promise<Figures['break_glass_to_grant']> {
  return world.withHallpass(async () => ({
    direct: await measureOn(world, world.shop),
    guarded: await measureOn(world, world.vault),
  }));
}

async function measureOn({ stage: { slack } }: World, granter: Granter) {
  const took: number[] = [];
  for (let i = 0; i < EMERGENCIES; i++) {
    const person = slack.as(personOf(i + 1));
    const member = granter.memberOids[i];
    if (member === undefined) throw new Error(`nobody is the ${i + 1}th`);
    await fillFormAs(slack, person, { target: granter.key, role: granter.role, reason: 'bench' });
    await tickEmergency(person);
    const asked = await person.submit();
    if (asked.outcome !== 'pushed') throw new Error(`the form: ${JSON.stringify(asked)}`);
    const before = person.messages('dm').length;
    const seen = granter.watch.seen(granter.roleOid, member);
    const at = Date.now();
    const sent = await person.submit();
    if (sent.outcome !== 'cleared') throw new Error(`the confirmation: ${JSON.stringify(sent)}`);
    took.push((await seen) - at);
    // So that nothing of one emergency is still under way while the next is measured.
    await slack.waitFor(() => person.messages('dm').length > before);
  }
  const { p50, p99 } = spreadOf(took);
  return { p50, p99 };
}
