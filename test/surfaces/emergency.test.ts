/** What people read of an emergency; nothing that somebody wrote becomes markup. */
import { describe, expect, it } from 'vitest';
import { checkBlocks } from '../../sandbox/slack/validate/message.js';
import { checkModal } from '../../sandbox/slack/validate/view.js';
import { type Emergency, UNJUDGED } from '../../src/domain/policy/emergency.js';
import type { AccessRequest } from '../../src/domain/request/request.js';
import { emergencyModal, emergencyRefused, judgeModal } from '../../src/surfaces/forms/emergency-forms.js';
import type { Message } from '../../src/surfaces/kit/message.js';
import { emergencyMessage, emergencySummary } from '../../src/surfaces/operators/emergencies.js';
import { card } from '../../src/surfaces/request/card.js';
import { note } from '../../src/surfaces/request/direct.js';
import { BO, EXPIRES, SITUATIONS, scene, textsIn } from './samples.js';

const HOSTILE = '<!channel> *x* `y` <@U0MAL> <https://evil.example|fine>';
const reviewers = [{ id: 'S0SEC', name: 'security' }];
const facts = { ...scene, reviewers, isPaged: true, targetName: HOSTILE, environment: HOSTILE };
const byGlass = { decidedBy: null, decidedRule: 'break_glass', decidedVia: 'sre', reason: HOSTILE } as const;

function emergency(of: AccessRequest, said: Partial<Emergency> = {}): AccessRequest {
  return {
    ...of,
    ...byGlass,
    emergency: { ...UNJUDGED, ...said },
    judgeAt: EXPIRES,
    role: HOSTILE,
    login: HOSTILE,
  };
}

const judged = { verdict: 'not_justified', by: BO, words: HOSTILE, asked: 2 } as const;
const active = emergency(SITUATIONS.active);
const over = emergency(SITUATIONS.expired, judged);
const show = (kind: string, key: string, request: AccessRequest) => {
  const message = emergencyMessage({ kind, key }, request, facts);
  if (message === null) throw new Error(kind);
  return message;
};
const onCard = (request: AccessRequest) => card(request, facts, { first: true, preview: null, missing: [] });

const MESSAGES: readonly (readonly [string, Message])[] = [
  ['card', onCard(active)],
  ['card, over', onCard(over)],
  ['note of the grant', note('granted', active, facts)],
  ['note of the verdict', note('judged', over, facts)],
  ['question', show('judge', 'judge:1:1042', emergency(SITUATIONS.active, { asked: 1 }))],
  ['older question', show('judge', 'judge:1:1042', over)],
  ['answered question', show('judge', 'judge:2:1042', over)],
  ['operators', show('emergency', 'emergency:1042', active)],
  ['operators, judged', show('emergency', 'emergency:1042', over)],
  ['not justified', show('misused', 'misused:1042', over)],
];

describe('an emergency', () => {
  it.each(MESSAGES)(
    'is shown so that Slack takes it, and nothing in it mentions or links: %s',
    (_, message) => {
      expect(checkBlocks(message.blocks)).toMatchObject({ ok: true });
      const ours = [
        message.text,
        ...textsIn(message.blocks).flatMap((t) => (t.type === 'mrkdwn' ? [t.text] : [])),
      ];
      for (const text of ours) expect(text).not.toMatch(/<!channel>|<@U0MAL>|<https:/);
    },
  );

  it('is asked for, confirmed and reviewed in forms that Slack takes', () => {
    const confirm = emergencyModal({
      ...{ scene: facts, role: HOSTILE, login: HOSTILE, durationMs: 3_600_000, reason: HOSTILE.repeat(9) },
      ...{ review: reviewers, channels: ['C0ACCESS', 'C0OPS'], isPaged: true, kept: '{}' },
    });
    const forms = [confirm, emergencyRefused(HOSTILE), judgeModal(active, 'not_justified', facts, '{}')];
    for (const form of forms) {
      expect(checkModal(form)).toMatchObject({ ok: true });
      for (const { type, text } of textsIn(form.blocks)) {
        if (type === 'mrkdwn') expect(text).not.toMatch(/<!channel>|<@U0MAL>|<https:/);
      }
    }
  });

  it('is loud while it lasts, and says that nothing needs a review when nothing was granted', () => {
    const said = onCard(active).text;
    expect(said).toMatch(/^Emergency access until/);
    expect(said).toContain('Look at it now: <!subteam^S0SEC>, <!subteam^S0DBA>, <@U0EVE>');
    const failed = emergency({ ...SITUATIONS.failed });
    expect(onCard(failed).text).toContain('Nothing was granted, so nobody has to review it.');
    expect(note('judged', over, facts).text).toMatch(/^Your emergency access was not justified/);
    expect(onCard(active).text).not.toContain('For your information');
    expect(emergencySummary({ ...active, role: 'orders_write', login: 'ana' }, 'Shop')).toBe(
      'Hallpass: emergency access to orders_write on Shop for ana (R-1042)',
    );
  });
});
