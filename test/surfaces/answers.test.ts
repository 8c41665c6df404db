import { describe, expect, it } from 'vitest';
import type { AccessRequest } from '../../src/domain/request/request.js';
import type { Refusal } from '../../src/domain/request/request-events.js';
import * as words from '../../src/surfaces/answers/answers.js';
import * as form from '../../src/surfaces/forms/form-words.js';
import { ANA, BO, byOnCall, SITUATIONS } from './samples.js';

const approvers = SITUATIONS.pending.asked;

describe('a refusal of the state table', () => {
  it.each<[Refusal['code'], AccessRequest, string]>([
    ['not_pending', SITUATIONS.active, 'R-1042 was already approved by <@U0BO> <!date^1795227000^'],
    ['not_pending', { ...SITUATIONS.active, ...byOnCall }, 'R-1042 was already approved by the on-call rule'],
    [
      'not_pending',
      { ...SITUATIONS.active, ...byOnCall, decidedRule: 'automatic' },
      'R-1042 was already approved by an automatic rule',
    ],
    ['not_pending', SITUATIONS.denied, 'R-1042 was already denied by <@U0BO>'],
    ['not_pending', SITUATIONS.withdrawn, 'R-1042 was already canceled by <@U0ANA>'],
    [
      'not_pending',
      SITUATIONS.withdrawnLeft,
      'R-1042 is over. Canceled, because the Slack account of <@U0ANA>',
    ],
    ['not_pending', SITUATIONS.lapsed, 'Too late: nobody decided R-1042 in 8 hours'],
    ['too_late', SITUATIONS.pending, '<@U0ANA> can ask again'],
    ['too_late', SITUATIONS.active, 'Too late: the time of R-1042 was up <!date^1795230660^'],
    ['not_granted', SITUATIONS.pending, 'it waits for approval'],
    ['not_granted', SITUATIONS.expired, 'Nothing is granted under R-1042. Ended: its time was up'],
    ['not_granted', SITUATIONS.denied, 'Denied by <@U0BO>'],
    [
      'already_ending',
      SITUATIONS.endingBlocked,
      'being revoked already (ended by <@U0BO>), not yet confirmed',
    ],
    ['stale', SITUATIONS.active, 'your click changed nothing'],
  ])('%s', (code, request, sentence) => {
    expect(words.refused({ code, request }, 'U0OTHER')).toContain(sentence);
  });

  it('calls the reader "you"', () => {
    expect(words.refused({ code: 'not_pending', request: SITUATIONS.active }, BO)).toContain(
      'approved by you',
    );
    expect(words.refused({ code: 'too_late', request: SITUATIONS.pending }, ANA)).toContain('Ask again');
  });
});

describe('who may not', () => {
  it('is told who may', () => {
    const request = SITUATIONS.pending;
    for (const text of [
      words.notApprover(request, approvers),
      words.ownRequest(request, approvers),
      words.sameLogin(request, approvers),
      words.mayNotEnd(approvers, []),
    ]) {
      expect(text).toContain('<!subteam^S0DBA>, <@U0EVE>');
    }
    expect(words.notRequester(request)).toContain('<@U0ANA>');
    expect(words.groupUnreadable(approvers.slice(0, 1), null)).toContain('<!subteam^S0DBA>');
  });

  it('cannot make us say something with a forged id', () => {
    expect(words.unknownRequest('R-1` <!channel>')).toContain('`R-1ˋ &lt;!channel&gt;`');
  });
});

describe('beside a field, in plain text', () => {
  it('says until when it is granted, with the zone', () => {
    expect(form.alreadyAsked(SITUATIONS.active)).toBe(
      'You already have it until 2026-11-21 03:11 UTC (R-1042).',
    );
    expect(form.alreadyAsked(SITUATIONS.pending)).toContain('R-1042 waits for approval');
    expect(form.alreadyAsked(SITUATIONS.granting)).toContain('being granted');
    for (const request of [SITUATIONS.overdue, SITUATIONS.endingRelinquished]) {
      expect(form.alreadyAsked(request)).toContain('being revoked, not yet confirmed');
    }
  });

  it('says who holds it without saying who that is', () => {
    expect(form.grantedThroughAnotherAccount('ana')).toBe(
      'It is already granted to “ana”, or requested, through another Slack account. Ask again once that has ended.',
    );
    expect(form.alreadyHeld('ana', null)).toContain('granted by somebody else, Hallpass will not touch that');
    expect(form.alreadyHeld('ana', 'staff')).toContain('through “staff”');
  });

  it('ends the words of a server as one sentence', () => {
    const said = (trouble: string) => form.serverProblem('r', 'Shop', trouble);
    expect(said('no such role.')).toBe(said('no such role'));
    expect(said('no such role')).toContain('now: no such role. Ask an operator.');
  });
});
