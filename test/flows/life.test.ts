/** The life of a request, from outside, on the real build: by each transport, and with each kind of alarms. */
import { describe, expect, it } from 'vitest';
import { expectSettled, untilAllSent } from './crash-stage.js';
import { asking } from './life/asking.js';
import { deciding } from './life/deciding.js';
import { granting } from './life/granting.js';
import { onCall } from './life/on-call.js';
import { scope } from './life/scope.js';
import { sessions } from './life/sessions.js';
import { expectDiscreet, useWorld, WORLDS } from './world.js';

describe.each(WORLDS)('by $transport, with alarms in $backend', (kind) => {
  const use = useWorld(kind);

  describe('asking', () => asking(use));
  describe('deciding', () => deciding(use));
  describe('on call', () => onCall(use));
  describe('sessions', () => sessions(use));
  describe('scope', () => scope(use));
  // Last: who is who is remembered for a minute, and is changed there.
  describe('granting', () => granting(use));

  it('in the end all is told, nothing is left, nothing went wrong in sight, and it goes when it is told to', async () => {
    const { stage, slack, stop } = use();
    await expectSettled(stage);
    await untilAllSent(stage);
    expect(slack.problems).toEqual([]);
    const began = performance.now();
    expect(await stop()).toBe(0);
    expect(performance.now() - began).toBeLessThan(10_000);
    expectDiscreet(use());
  });
});
