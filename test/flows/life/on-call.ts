/** On call: approved at once, by what PagerDuty says and only then. */

import { expect, it } from 'vitest';
import type { PagerDuty } from '../../../sandbox/pagerduty/pagerduty.js';
import { buttonsOf } from '../../../sandbox/slack/index.js';
import { CAST, ON_CALL } from '../../../sandbox/stage/cast.js';
import {
  all,
  card,
  cardNow,
  click,
  deny,
  request,
  submitRequest,
  told,
} from '../../../sandbox/stage/people.js';
import { expectReads, isRefused } from '../../support/access.js';
import { expectRung } from '../../support/messages.js';
import { eventsOf, inLedger } from '../../support/requests.js';
import { WAITING } from '../../support/words.js';
import type { LifeStage } from './stage.js';

const WISH = { role: 'orders_write', duration: '4 hours' } as const;

export function onCall(stage: LifeStage): void {
  const { slack } = stage;

  it('who is on call is approved at once, for an hour, and everybody sees it afterwards', async () => {
    const id = await request(slack, 'dan', WISH);
    const note = await told(slack, 'dan', id, /psql/);
    expect(all(note)).toContain('Asked for 4 hours, shortened to 1 hour');
    await expectReads(stage, 'dan', 'orders_write');
    const { granted_at, expires_at } = await inLedger(stage, id);
    expect(Number(expires_at) - Number(granted_at)).toBe(3_600_000);
    const shown = await card(slack, id, /Granted \(on call\) until[\s\S]*shortened to 1 hour/);
    expect(all(shown)).toMatch(/Approved by the on-call rule \(schedule Shop, primary \(PSCHED\)\) <!date/);
    expect(buttonsOf(shown.blocks)).toEqual(['Extend', 'End access']);
    expect((await eventsOf(stage, id)).find(({ kind }) => kind === 'approved_on_call')).toMatchObject({
      actor: null,
      data: {
        through: expect.stringContaining(ON_CALL.schedule),
        configHash: expect.stringMatching(/^[0-9a-f]{64}$/),
        policy: { onCall: { schedules: [ON_CALL.schedule], maxMs: 3_600_000 } },
      },
    });
    await click(slack, 'cora', shown, 'End access');
    await told(slack, 'dan', id, new RegExp(`^Ended by <@${CAST.cora}>`));
    expect(await isRefused(stage, 'dan', 'orders_write')).toBe(true);
    // The approvers learn of it from the one post.
    await expectRung(stage, 'cora', id, [expect.stringMatching(/^(?:Granted|Approved) ?\(on call\)/)]);
  });

  it('who is not takes the ordinary way, and is approved once the shift has begun', async () => {
    stage.pagerduty.setOnCall();
    const id = await request(slack, 'dan', WISH);
    const pending = await card(slack, id, /Waiting/);
    expect(buttonsOf(pending.blocks)).toEqual(['Approve', 'Deny']);
    expect(all(pending)).not.toMatch(/on call/i);
    beginShift(stage.pagerduty);
    // Asked for again, on call is asked again.
    expect(await submitRequest(slack, 'dan', WISH)).toEqual({
      'role:shop': expect.stringContaining(`${id} waits for approval`),
    });
    await click(slack, 'dan', await told(slack, 'dan', id, /psql/), 'Relinquish');
    await card(slack, id, /Ended: relinquished/);
    expect((await eventsOf(stage, id)).map(({ kind }) => kind)).toContain('approved_on_call');
  });

  it('when PagerDuty cannot say, approvers decide, and the card says why', async () => {
    const faults = [
      [{ kind: 'hang' }, 'PagerDuty did not answer within 2 s.'],
      [{ kind: 'slow', ms: 4_000 }, 'PagerDuty did not answer within 2 s.'],
      [{ kind: 'status', status: 401 }, 'PagerDuty refused the token of Hallpass (401).'],
      [{ kind: 'status', status: 503 }, 'PagerDuty answered with an error (503).'],
      [{ kind: 'reset' }, 'PagerDuty could not be reached.'],
      [{ kind: 'rate_limited', reset: 60 }, 'PagerDuty is receiving too many requests just now (429).'],
    ] as const;
    for (const [fault, why] of faults) {
      stage.pagerduty.faults.order('*', fault, 10);
      const id = await request(slack, 'dan', WISH);
      const pending = await card(slack, id, /Waiting/);
      expect(all(pending), why).toMatch(/Not approved by on call:/);
      expect(all(pending)).toContain(why);
      stage.pagerduty.faults.clear();
      await deny(slack, 'cora', pending);
      const denied = await card(slack, id, /Denied/);
      expect(all(denied)).not.toContain('Not approved by on call');
      await expectRung(stage, 'cora', id, [WAITING]);
      expect(cardNow(slack, id, /Granted/)).toBeUndefined();
    }
  });

  it('whom PagerDuty does not know is decided on by approvers, and the card says so', async () => {
    const id = await request(slack, 'ana', { role: 'orders_write' });
    const pending = await card(slack, id, /Waiting/);
    expect(all(pending)).toContain("PagerDuty has no user with this person's e-mail address.");
    await deny(slack, 'cora', pending);
    await card(slack, id, /Denied/);
  });
}

function beginShift(pagerduty: PagerDuty): void {
  pagerduty.setOnCall({
    user: ON_CALL.user,
    escalationPolicy: ON_CALL.policy,
    schedule: ON_CALL.schedule,
  });
}
