/** What is said of a request that nobody can be asked about: each reason in words, and nothing in it that calls anybody. */
import { describe, expect, it } from 'vitest';
import { checkBlocks } from '../../sandbox/slack/validate/message.js';
import { ASKED_AS_MADE, type CantDecide } from '../../src/domain/request/asking.js';
import type { AccessRequest } from '../../src/domain/request/request.js';
import { line } from '../../src/surfaces/kit/shrunk.js';
import { placeLeft, placeOpen, placeShut } from '../../src/surfaces/operators/shut-places.js';
import { card } from '../../src/surfaces/request/card.js';
import { status } from '../../src/surfaces/request/direct.js';
import { approversChanged, nobodyDecides } from '../../src/surfaces/request/who-decides.js';
import { ANA, SITUATIONS, scene } from './samples.js';

const EVIL = '<!channel> `*_~` <https://evil|ok> <@U0BO>\n';
const { pending } = SITUATIONS;

const asking = (change: Partial<AccessRequest['asking'] & object>): AccessRequest => ({
  ...pending,
  asking: { ...ASKED_AS_MADE, ...change },
});
const because = (reason: CantDecide['because'], id = 'S0DBA'): CantDecide => ({
  approver: { id, name: 'dba' },
  because: reason,
  fix: null,
});

describe('nobody can decide', () => {
  it.each([
    [because('requester', ANA), /you asked for it, and nobody decides on their own request/],
    [because('requester'), /only you are in <!subteam\^S0DBA> \(`dba`\)/],
    [because('same_person', 'U0BO'), /<@U0BO> \(`dba`\) has nobody but another account of you/],
    [because('left', 'U0BO'), /<@U0BO> \(`dba`\) has left/],
    [because('left'), /everybody in <!subteam\^S0DBA> .* has left/],
    [because('empty'), /has no members/],
    [because('missing'), /does not exist in Slack, or is disabled/],
    [because('plan'), /only on a paid plan/],
    [because('scope'), /lacks the scope `usergroups:read`/],
  ])('%o', (reason, says) => {
    const request = asking({ nobody: [reason] });
    expect(status(request, scene).text).toMatch(says);
    expect(card(request, scene, { first: true, preview: null, missing: [] }).text).toMatch(
      /Nobody can decide/,
    );
  });
});

it('who is asked directly is named to the requester, and to nobody else', () => {
  const request = asking({
    unshown: {
      channel: 'C0ACCESS',
      why: 'The bot is not in this channel.',
      fix: 'Type there: /invite @hallpass',
    },
    directly: ['U0BO'],
  });
  expect(status(request, scene).text).toMatch(/<#C0ACCESS>.*\/invite @hallpass[\s\S]*meanwhile: <@U0BO>/);
  expect(card(request, scene, { first: true, preview: null, missing: [] }).text).not.toContain('C0ACCESS');
  const nobody = asking({ unshown: { channel: 'C0ACCESS', why: 'x', fix: null } });
  expect(status(nobody, scene).text).toMatch(/Hallpass knows nobody it could ask/);
});

it('whatever Slack and the configuration hold, Slack takes it and nothing becomes markup', () => {
  const nobody = Array.from({ length: 100 }, (_, i) => ({
    ...because('empty', `S0123456${i}`),
    approver: { id: `S0123456${i}`, name: EVIL.repeat(20) },
    fix: EVIL.repeat(50),
  }));
  const unshown = { channel: 'C0ACCESS', why: EVIL.repeat(50), fix: EVIL.repeat(50) };
  const evil = { ...pending, target: EVIL, role: EVIL, login: EVIL, reason: EVIL };
  const request = { ...evil, asking: { ...ASKED_AS_MADE, nobody, unshown } };
  const shut = { place: 'C0ACCESS', why: EVIL, fix: EVIL, since: new Date(), waiting: 3 };
  const messages = [
    status(request, { ...scene, targetName: EVIL }),
    card(request, scene, { first: true, preview: null, missing: [] }),
    line(request, scene, null),
    nobodyDecides({ request, targetName: EVIL, nobody }),
    approversChanged(request, { ...scene, targetName: EVIL }),
    placeShut(shut, 'C0OPS'),
    placeShut({ ...shut, place: 'D' }, 'C0OPS'),
    placeOpen(shut),
    placeLeft(shut),
  ];
  for (const { text, blocks } of messages) {
    expect(checkBlocks([...blocks])).toMatchObject({ ok: true });
    expect(text.length).toBeLessThanOrEqual(4_000);
    expect(text).not.toMatch(/<!channel>|<https|<@U0BO>/);
  }
});
