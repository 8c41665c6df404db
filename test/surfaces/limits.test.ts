/** Whatever people, servers and the configuration hold: Slack takes it, and nothing of it becomes markup. */
import { expect, it } from 'vitest';
import { checkHome, checkModal } from '../../sandbox/slack/validate/view.js';
import type { AccessRequest } from '../../src/domain/request/request.js';
import * as words from '../../src/surfaces/answers/answers.js';
import * as mine from '../../src/surfaces/answers/mine.js';
import * as typed from '../../src/surfaces/answers/typed.js';
import { noSuchInstance, whoHolds } from '../../src/surfaces/answers/who.js';
import { denyForm, nothingToDeny } from '../../src/surfaces/forms/deny-form.js';
import * as formWords from '../../src/surfaces/forms/form-words.js';
import { offered } from '../../src/surfaces/forms/offers.js';
import { pauseForm } from '../../src/surfaces/forms/pause-form.js';
import { requestModal } from '../../src/surfaces/forms/request-form.js';
import { asks } from '../../src/surfaces/forms/who-is-asked.js';
import { home, unreadHome } from '../../src/surfaces/home/home.js';
import type { Scene } from '../../src/surfaces/kit/message.js';
import { endedByOperator } from '../../src/surfaces/operators/ended.js';
import { manyOrphans, orphanFound, serverChanged } from '../../src/surfaces/operators/operators.js';
import {
  approvedWhilePaused,
  formWhilePaused,
  grantingPaused,
  grantingResumed,
  notExtendedWhilePaused,
} from '../../src/surfaces/operators/pause.js';
import { card } from '../../src/surfaces/request/card.js';
import { note, status } from '../../src/surfaces/request/direct.js';
import { NOTE_KINDS } from '../../src/surfaces/request/note-kinds.js';
import { cantBeDecided } from '../../src/surfaces/request/who-decides.js';
import { aPolicy } from '../domain/a-policy.js';
import { fullHome } from './home-samples.js';
import { expectFit, expectInert, HOSTILE } from './hostile-words.js';
import { SITUATION_NAMES, SITUATIONS, scene, textsIn } from './samples.js';

const MANY = Array.from({ length: 100 }, (_, i) => ({ id: `S0123456${i}`, name: `g${i}` }));

const people = { requester: 'U0ANA', asked: MANY };

function hostile(request: AccessRequest, { name, long }: (typeof HOSTILE)[number]): AccessRequest {
  return {
    ...request,
    ...people,
    target: name,
    role: name,
    login: name,
    reason: long,
    onCallNote: long,
    trouble: request.trouble === null ? null : long,
    decidedVia: request.decidedVia === null ? null : long,
    deniedBecause: request.deniedBecause === null ? null : long,
    endedBecause: request.endedBecause === null ? null : long,
    endedBy: request.endedBecause === null ? request.endedBy : long,
    wishedMs: 9 * 86_400_000 + 3_723_000,
  };
}

function scenes({ name, long }: (typeof HOSTILE)[number]): readonly Scene[] {
  return [
    { ...scene, targetName: long, environment: long, about: long, host: long, database: name },
    { ...scene, targetName: name, environment: name, about: name, host: 'h'.repeat(253), database: name },
    { ...scene, pause: { target: name, by: long, because: long, since: new Date() } },
  ];
}

it.each(HOSTILE.map((sample, i) => [i, sample] as const))('messages, sample %i', (_, sample) => {
  for (const situation of SITUATION_NAMES) {
    const request = hostile(SITUATIONS[situation], sample);
    for (const where of scenes(sample)) {
      expectFit(card(request, where, { first: true, preview: null, missing: [] }));
      expectFit(
        card({ ...request, role: `pg_${sample.name}` }, where, { first: false, preview: null, missing: [] }),
      );
      expectFit(status(request, where));
      for (const kind of NOTE_KINDS) expectFit(note(kind, request, where));
    }
  }
  const on = { target: sample.name, targetName: sample.long };
  expectFit(
    serverChanged({ ...on, expected: sample.name, found: sample.name, standing: [`R-1001`], open: 2_000 }),
  );
  const orphan = { ...on, id: 12, role: sample.name, login: sample.name };
  expectFit(orphanFound(orphan));
  const word = { by: sample.long, because: sample.long };
  expectFit(grantingPaused({ target: sample.name, ...word }));
  expectFit(grantingResumed({ target: null, ...word }));
  const many = Array.from({ length: 5_000 }, () => ({ ...orphan, target: sample.name }));
  expectFit(endedByOperator({ grants: many, pending: many, ...word }));
  expectFit(manyOrphans({ ...on, found: Array.from({ length: 5_000 }, () => orphan) }));
});

it.each(HOSTILE.map((sample, i) => [i, sample] as const))('the form, sample %i', (_, { name, long }) => {
  const durationsMs = Array.from({ length: 150 }, (_, i) => (i + 1) * 60_000);
  const from = Array.from({ length: 20 }, (_, i) => ({ id: `S0${i}${name}`, name: long }));
  const rules = Array.from({ length: 20 }, () => ({ from, count: 20 }));
  const hours = { days: ['Mon'], from: 0, to: 1, zone: 'America/Argentina/ComodRivadavia' } as const;
  const policy = aPolicy({
    maxMs: 9 * 86_400_000,
    approvals: rules,
    more: rules.map((rule, i) => ({ overMs: i + 3_723_000, danger: 'admin', rule })),
    onCall: { schedules: ['P'], escalationPolicies: [], slackGroups: [], maxMs: 3_599_000, maxDanger: null },
    automatic: { maxMs: 3_599_000, maxDanger: 'write', hours },
  });
  const nobody = from.map((approver) => ({ approver, because: 'requester' as const, fix: long }));
  const form = {
    offers: [
      offered(
        long,
        Array.from({ length: 50 }, () => ({ targetName: long, role: name, words: long })),
        false,
      ),
    ],
    asks: [asks(policy, null).join('\n'), cantBeDecided(nobody, 'U0ANA', 'U0ANA')],
    channel: 'C0ACCESS',
    preview: null,
    elsewhere: Array.from({ length: 150 }, (_, i) => `C0${i}`),
    target: { key: name, name: long, environment: long },
    role: { role: name, about: long },
    login: name,
    notice: long,
    durationsMs,
    defaultMs: 140 * 60_000,
    maxMs: 9 * 86_400_000 + 3_723_000,
    reasonRequired: true,
    reasonRule: { pattern: long, hint: long, link: null },
    emergency: {
      maxMs: 9 * 86_400_000 + 3_723_000,
      review: Array.from({ length: 50 }, () => ({ id: 'S0SEC', name: long })),
    },
    typed: { durationMs: 9 * 86_400_000 + 3_723_000, reason: long },
  };
  const view = requestModal(form);
  expect(checkModal(view)).toMatchObject({ ok: true });
  expect(
    checkModal(requestModal({ ...form, target: null, role: null, login: null, notice: null })),
  ).toMatchObject({
    ok: true,
  });
  for (const { type, text } of textsIn(view.blocks)) if (type === 'mrkdwn') expectInert(text);
  const typed = view.blocks.flatMap((block) =>
    'element' in block && block.element.type === 'plain_text_input' ? [block.element] : [],
  );
  for (const { initial_value = '', max_length = 0 } of typed) {
    expect(initial_value.length).toBeLessThanOrEqual(max_length);
  }
});

it.each(HOSTILE.map((sample, i) => [i, sample] as const))(
  'the form that asks why, sample %i',
  (_, sample) => {
    const request = hostile(SITUATIONS.pending, sample);
    for (const where of scenes(sample)) {
      const clicked = { channel: 'C0ACCESS', ts: '1795226400.000100' };
      const what = { request, where };
      const notice = words.groupUnreadable(MANY, null);
      const view = denyForm({ requestId: 'R-123456789012345', clicked, what, reasonRequired: true, notice });
      for (const each of [view, nothingToDeny('R-1042', notice)]) {
        expect(checkModal(each)).toMatchObject({ ok: true });
        for (const { type, text } of textsIn(each.blocks)) if (type === 'mrkdwn') expectInert(text);
      }
    }
  },
);

it.each(HOSTILE.map((sample, i) => [i, sample] as const))(
  'what is said privately, sample %i',
  (_, { name, long }) => {
    for (const situation of SITUATION_NAMES) {
      const request = hostile(SITUATIONS[situation], { name, long });
      for (const code of [
        'not_pending',
        'too_late',
        'not_granted',
        'already_ending',
        'no_longer',
        'stale',
      ] as const) {
        expectInert(words.refused({ code, request }, 'U0OTHER'));
      }
      expectInert(words.sameLogin(request, MANY));
      expectInert(words.notForSoLong(request, 60_000));
      for (const verdict of ['approve', 'extend'] as const) {
        expectInert(words.loginChanged(request, verdict));
        expectInert(words.notOfferedAnyMore(request, verdict));
      }
      expect(formWords.alreadyAsked(request)).toContain('R-1042');
      const pause = { target: name, by: long, because: long, since: new Date() };
      expectInert(approvedWhilePaused(request, pause));
      expectInert(notExtendedWhilePaused(request, pause));
      expect(formWhilePaused(pause)).not.toContain('\u202E');
    }
    expectInert(words.unknownRequest(long));
    for (const text of [
      formWords.serverProblem(long, long, long),
      formWords.roleNotOffered(long, long),
      formWords.alreadyHeld(long, long),
    ]) {
      expect(text.length).toBeLessThanOrEqual(1_000);
      expect(text).not.toContain('\u202E');
    }
  },
);

it.each(HOSTILE.map((sample, i) => [i, sample] as const))(
  'what is typed is answered, sample %i',
  (_, sample) => {
    const { name, long } = sample;
    for (const where of scenes(sample)) {
      const own = SITUATION_NAMES.flatMap((situation, i) =>
        [1, 2].map((n) => ({
          request: { ...hostile(SITUATIONS[situation], sample), id: 1_000 * n + i },
          where,
        })),
      );
      for (const total of [own.length, 10_000]) {
        expectFit(mine.mine('/request', own, total));
        expectFit(mine.whichOne(own, total));
        expectFit(whoHolds('/request', null, own, total));
        expectFit(whoHolds('/request', { key: name, where }, own, total));
      }
      for (const each of own) expectFit(mine.relinquishing(each));
    }
    for (const message of [
      mine.noSuchRequest(long),
      mine.nothingToRelinquish(long, [name, long]),
      noSuchInstance(long, [name, long]),
      typed.notRequested(long),
      typed.stillAtIt(long),
      typed.noRoleFor(`None gives ${long}`),
      typed.help({
        command: '/request',
        example: name,
        instances: [name, long],
        why: null,
        isOperator: true,
      }),
      typed.help({ command: '/request', example: null, instances: [], why: long, isOperator: false }),
    ]) {
      expectFit(message);
    }
  },
);

it('lists say how much more there is, and where', () => {
  const own = Array.from({ length: 15 }, (_, i) => ({
    request: { ...SITUATIONS.active, id: i + 1 },
    where: scene,
  }));
  const shown = mine.mine('/request', own, 52);
  expect(shown.text).toMatch(
    /You have 52 grants and requests[\s\S]*… and 37 more\. The Home tab of Hallpass lists all of them/,
  );
  expect(mine.mine('/request', own, 15).text).not.toContain('more');
  expect(whoHolds('/request', null, own, 52).text).toMatch(
    /52 roles are granted[\s\S]*… and 37 more\. `\/request who INSTANCE` narrows it; `hallpass status`/,
  );
});

it.each(HOSTILE.map((sample, i) => [i, sample] as const))(
  'Home with every list full, sample %i',
  (_, sample) => {
    const { name, long } = sample;
    for (const situation of SITUATION_NAMES) {
      for (const where of scenes(sample)) {
        const as = (request: AccessRequest) =>
          hostile({ ...SITUATIONS[situation], requester: request.requester }, sample);
        const durationsMs = Array.from({ length: 90 }, (_, i) => (i + 1) * 60_000);
        const wide = { ...where, durationsMs, setRoleFirst: true };
        // Each as it comes to a Home, and all of them as this situation has them.
        for (const how of [as, (request: AccessRequest) => hostile(request, sample)]) {
          const facts = fullHome({ as: how, scene: wide, size: 5, more: 10_000, words: long });
          const { operators } = facts;
          if (operators === null) throw new Error('there is none');
          const filtered = {
            ...operators,
            instance: { key: name.slice(0, 63), targetName: long },
            person: 'U0ANA',
          };
          const notice = words.groupUnreadable(MANY, null);
          for (const each of [
            { ...facts, notice, unfit: notice, unread: notice },
            { ...facts, operators: filtered },
            {
              ...facts,
              mayAsk: { instances: [], why: formWords.nothingFor(long), command: '/request', choices: 9 },
            },
          ]) {
            const view = home(each);
            expect(checkHome(view)).toMatchObject({ ok: true });
            expect(view.blocks.length).toBeLessThanOrEqual(100);
            for (const { type, text } of textsIn(view.blocks)) {
              if (type === 'mrkdwn') expectInert(text.replaceAll(CARD_LINK, ''));
              else expect(text).not.toContain('\u202E');
            }
          }
        }
      }
    }
    expect(checkHome(unreadHome(words.groupUnreadable(MANY, null)))).toMatchObject({ ok: true });
    const pause = pauseForm(name, long);
    expect(checkModal(pause)).toMatchObject({ ok: true });
    for (const { type, text } of textsIn(pause.blocks)) if (type === 'mrkdwn') expectInert(text);
  },
);

/** A link that Slack's own address makes. */
const CARD_LINK = /<https:\/\/acme\.slack\.com\/archives\/\w+\/p\d+\|R-\d+>/g;
