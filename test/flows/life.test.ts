/** The life of a request, from outside, on the real build: by each transport, and with each kind of alarms. */
import { describe, expect, it } from 'vitest';
import { expectSettled, untilAllSent } from '../support/requests.js';
import { KINDS } from '../support/stage.js';
import { asking } from './life/asking.js';
import { deciding } from './life/deciding.js';
import { denying } from './life/denying.js';
import { granting } from './life/granting.js';
import { onCall } from './life/on-call.js';
import { scope } from './life/scope.js';
import { sessions } from './life/sessions.js';
import { expectDiscreet, openLifeStage } from './life/stage.js';

describe.each(KINDS)('by $transport, with alarms in $backend', async (kind) => {
  const stage = await openLifeStage(kind);
  const { slack } = stage;

  describe('asking', () => asking(stage));
  describe('deciding', () => deciding(stage));
  describe('denying, and approving for less', () => denying(stage));
  describe('on call', () => onCall(stage));
  describe('sessions', () => sessions(stage));
  describe('scope', () => scope(stage));
  // Last: it changes who people are, which Hallpass remembers for a minute.
  describe('granting', () => granting(stage));

  it('in the end all messages are sent, nothing is left, nobody saw a failure, and SIGTERM ends it', async () => {
    await expectSettled(stage);
    await untilAllSent(stage);
    expect(slack.problems).toEqual([]);
    const began = performance.now();
    expect(await stage.stop()).toBe(0);
    expect(performance.now() - began).toBeLessThan(10_000);
    expectDiscreet(stage);
  });
});
