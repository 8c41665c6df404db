/** What people read of "the same again until", and what Slack takes of it. */
import { describe, expect, it } from 'vitest';
import { checkBlocks } from '../../sandbox/slack/validate/message.js';
import type { Repeat } from '../../src/domain/policy/repeat.js';
import type { AccessRequest } from '../../src/domain/request/request.js';
import type { Message, Scene } from '../../src/surfaces/kit/message.js';
import { when } from '../../src/surfaces/kit/text.js';
import { card } from '../../src/surfaces/request/card.js';
import { note, status } from '../../src/surfaces/request/direct.js';
import { NOTE_KINDS } from '../../src/surfaces/request/note-kinds.js';
import * as words from '../../src/surfaces/request/repeat.js';
import { ANA, BO, buttonsIn, EXPIRES, SITUATION_NAMES, SITUATIONS, scene } from './samples.js';

const WEEK_MS = 7 * 24 * 3_600_000;
const UNTIL = new Date('2026-11-22T23:00:00Z');
const repeat: Repeat = {
  ...{
    id: 7,
    requestId: 1042,
    requester: ANA,
    target: 'shop-prod',
    role: 'orders_write',
    login: 'ana_login',
  },
  ...{ maxMs: 3_600_000, approver: BO, createdAt: EXPIRES, until: UNTIL, end: null },
};
const ended = (end: Repeat['end']): Repeat => ({ ...repeat, end });
const at = (again: Partial<NonNullable<Scene['again']>>): Scene => ({
  ...scene,
  again: { repeatMs: WEEK_MS, made: null, lost: null, ...again },
});
const shown = (request: AccessRequest, scene: Scene) =>
  card(request, scene, { first: false, preview: null, missing: [] });
const menusIn = ({ blocks }: Message) =>
  blocks
    .flatMap((block) => (block.type === 'actions' ? block.elements : []))
    .filter(({ type }) => type !== 'button');

describe('the menu', () => {
  it('stands on the card of a grant that people approved, as far as the policy goes', () => {
    for (const situation of SITUATION_NAMES) {
      const request = SITUATIONS[situation];
      const isOffered = ['granting', 'active', 'extending', 'extended', 'notExtended'].includes(situation);
      expect(menusIn(shown(request, at({}))).length, situation).toBe(isOffered ? 1 : 0);
      expect(menusIn(shown(request, at({ repeatMs: null }))), situation).toEqual([]);
      expect(menusIn(status(request, at({}))), situation).toEqual([]);
    }
  });

  it('names the request and the time, and asks once more', () => {
    const [menu] = menusIn(shown(SITUATIONS.active, at({})));
    expect(menu).toMatchObject({
      action_id: 'repeat_make',
      placeholder: { text: 'Same again…' },
      options: [
        { text: { text: 'The same again today' }, value: 'R-1042 today' },
        { text: { text: 'The same again this week' }, value: 'R-1042 week' },
        { text: { text: 'The same again for 7 days' }, value: 'R-1042 whole' },
      ],
      confirm: {
        title: { text: 'The same again as R-1042?' },
        text: {
          text: 'Until the time you chose, ana_login gets orders_write on Shop at once when asked for, never for longer than now. They, you and operators can end this.',
        },
      },
    });
  });
});

describe('what is approved again', () => {
  it('is a line with End repeat, for both, as long as it is open', () => {
    const line = `The same again is approved until ${when(UNTIL)} by <@U0BO>, for at most 1 hour each time.`;
    for (const situation of ['active', 'expired', 'relinquished'] as const) {
      const request = SITUATIONS[situation];
      for (const message of [shown(request, at({ made: repeat })), status(request, at({ made: repeat }))]) {
        expect(message.text).toContain(line);
        expect(buttonsIn(message)).toContain('repeat_end=R-1042');
        expect(menusIn(message)).toEqual([]);
      }
    }
    for (const kind of NOTE_KINDS) {
      const message = note(kind, SITUATIONS.active, at({ made: repeat }));
      expect(message.text, kind).toContain(line);
      expect(buttonsIn(message), kind).toEqual([
        'grant_relinquish=R-1042',
        'grant_extend=R-1042',
        'repeat_end=R-1042',
      ]);
    }
  });

  it.each([
    [{ at: EXPIRES, by: ANA, because: null }, 'The same again was approved, and ended by <@U0ANA> '],
    [{ at: EXPIRES, by: BO, because: null }, 'The same again was approved, and ended by <@U0BO> '],
    [
      { at: EXPIRES, by: null, because: '@bo <!channel> can no longer approve it' },
      `The same again was approved, and ended ${when(EXPIRES)}, because @bo &lt;!channel&gt; can no longer approve it.`,
    ],
  ])('once ended, says so and offers no button: %j', (end, says) => {
    const message = shown(SITUATIONS.expired, at({ made: ended(end) }));
    expect(message.text).toContain(says);
    expect(buttonsIn(message)).toEqual([]);
  });

  it('says to all whom it concerns why a request was not covered', () => {
    const lost = ended({ at: EXPIRES, by: null, because: words.canDecideNoMore(['@bo', '@eve']) });
    for (const message of [
      shown(SITUATIONS.pending, at({ lost })),
      status(SITUATIONS.pending, at({ lost })),
    ]) {
      expect(message.text).toContain(
        `Not approved at once: the same again was approved with R-1042 until ${when(UNTIL)}, and ended, because @bo and @eve can no longer approve it.`,
      );
    }
  });
});

it('whatever names hold, Slack takes it', () => {
  for (const name of ['<!channel> *x* `y`', '&'.repeat(63), '\u202e'.repeat(20), '𝔯'.repeat(15)]) {
    const request = { ...SITUATIONS.active, role: name, login: name };
    for (const made of [null, repeat, ended({ at: EXPIRES, by: null, because: name.repeat(40) })]) {
      const hostile = { ...at({ made }), targetName: name.repeat(4) };
      for (const message of [shown(request, hostile), note('granted', request, hostile)]) {
        expect(checkBlocks(message.blocks)).toMatchObject({ ok: true });
        expect(message.text).not.toContain('<!channel>');
      }
    }
  }
});

it('answers why the same again can’t be approved or ended', () => {
  expect(words.notToRepeat(SITUATIONS.activeOnCall, BO)).toBe(
    "The same again as R-1042 can't be approved. No approver approved it. It takes a grant that approvers approved and that is not over yet.",
  );
  expect(words.overAlready(SITUATIONS.expired, null, BO)).toBe(
    'There is nothing to end: nothing is approved again under R-1042 (its time is up).',
  );
  expect(words.policyForbids(WEEK_MS)).toBe(
    'the policy lets approvers approve the same again for 7 days at most',
  );
});
