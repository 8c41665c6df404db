import { describe, expect, it } from 'vitest';
import type { Submitted } from '../../src/access/access.js';
import { ACK_BUDGET_MS } from '../../src/slack/answer.js';
import { denyForm, nothingToDeny } from '../../src/surfaces/forms/deny-form.js';
import { emergencyModal, judgeModal } from '../../src/surfaces/forms/emergency-forms.js';
import { ACTIONS, BLOCKS, SHORTCUTS } from '../../src/surfaces/kit/ids.js';
import { anActive } from '../domain/a-request.js';
import { waitFor } from '../support/wait-for.js';
import { ANA, type Bench, CARDS, form, MENU, postCard, privateWords, start } from './harness.js';

const SHOP = { targetName: 'Shop', environment: null } as const;

const verbs = ({ uses }: Bench): string[] => uses.map(({ verb }) => verb);

/** Nothing that Slack sent or that gives access may be read in the log, at its finest level. */
function expectNoSecrets({ slack, log }: Bench): void {
  for (const secret of [slack.botToken, slack.appToken, slack.signingSecret, slack.verificationToken]) {
    expect(log()).not.toContain(secret);
  }
  expect(log()).not.toMatch(/\/(?:commands|actions)\/T|ticket=[0-9a-f]/);
  expect(log()).not.toContain('a reason of hers');
}

describe.each(['socket', 'http'] as const)('over %s', (kind) => {
  it('opens the modal on the command, with what was typed, and answers help in words', async () => {
    const bench = await start(kind);
    const ana = bench.slack.as(ANA);
    expect(await ana.command('/request', ' shop orders_read ')).toEqual({ outcome: 'ok', response: null });
    await bench.slack.waitFor(() => ana.openedView());
    const actor = { userId: ANA };
    const triggerId = expect.any(String);
    expect(bench.uses).toEqual([
      { verb: 'command', args: [actor, { typed: 'shop orders_read', channel: 'C0GENERAL0', triggerId }] },
    ]);

    // Delivered twice, answered once.
    bench.slack.faults.duplicateNext();
    expect(await ana.command('/request', 'Help', CARDS)).toEqual({ outcome: 'ok', response: null });
    await bench.slack.waitFor(() => privateWords(bench.slack).length > 0);
    expect(bench.uses.filter(({ verb }) => verb === 'command')).toHaveLength(2);
    await bench.app.stop();
    expect(privateWords(bench.slack)).toEqual(['Words of help.']);
    expect(bench.slack.problems).toEqual([]);
  });

  it('says of a form what is true: one that opened twice, one whose opening Slack did not confirm', async () => {
    const bench = await start(kind);
    const { slack } = bench;
    const ana = slack.as(ANA);
    slack.faults.duplicateNext();
    await ana.command('/request', '', CARDS);
    await slack.waitFor(() => slack.log.filter(({ method }) => method === 'views.open').length === 2);
    await waitFor(() => bench.log().includes('opened by the same command or click already'), {
      what: 'the second',
    });
    expect(ana.openedView()).toBeDefined();
    expect(privateWords(slack)).toEqual([]);
    await ana.closeView();

    slack.faults.order('views.open', { kind: 'lost' });
    await ana.command('/request', '', CARDS);
    await slack.waitFor(() => privateWords(slack).length === 1);
    expect(privateWords(slack)[0]).toContain("didn't say whether the form opened");
    await ana.closeView();
    slack.faults.order('views.open', { kind: 'error', error: 'internal_error' });
    await ana.command('/request', '', CARDS);
    await slack.waitFor(() => privateWords(slack).length === 2);
    expect(privateWords(slack)[1]).toContain('could not be opened');
  });

  it('offers, fills and submits, with errors beside their fields', async () => {
    const answers = [{ [`${BLOCKS.role}:other`]: 'Not this role.' }, { nothing: 'No.' }];
    const bench = await start(kind, {
      overrides: {
        submit: async () => {
          const errors = answers.shift();
          return errors === undefined ? { ok: true } : { ok: false, errors };
        },
      },
    });
    const { slack } = bench;
    const ana = slack.as(ANA);
    await ana.command('/request', '', CARDS);
    await slack.waitFor(() => ana.openedView());

    const offered = await ana.options(ACTIONS.target, 'sh');
    expect(offered.map(({ value }) => value)).toEqual(['shop', 'billing']);
    await ana.choose(ACTIONS.target, 'shop');
    await slack.waitFor(() => ana.openedView()?.blocks.some(({ block_id }) => block_id === 'role:shop'));
    expect((await ana.options(ACTIONS.role)).map(({ value }) => value)).toEqual(['shop_read']);
    await ana.choose(ACTIONS.role, 'shop_read');
    await slack.waitFor(() =>
      ana.openedView()?.blocks.some(({ block_id }) => block_id === 'duration:shop_read'),
    );
    await ana.fill(ACTIONS.reason, 'a reason of hers');

    // An error for a block that isn't in this view goes to its namesake, or to the first: Slack refuses others.
    expect(await ana.submit()).toMatchObject({ by: 'app', errors: { 'role:shop': 'Not this role.' } });
    expect(await ana.submit()).toMatchObject({ by: 'app', errors: { [BLOCKS.target]: 'No.' } });
    const viewId = ana.openedView()?.id;
    expect(await ana.submit()).toEqual({ outcome: 'closed' });

    const actor = expect.objectContaining({ userId: ANA });
    expect(bench.uses).toContainEqual({ verb: 'targetOptions', args: [actor, 'sh'] });
    expect(bench.uses).toContainEqual({
      verb: 'roleOptions',
      args: [actor, { target: 'shop', channel: CARDS, query: '' }],
    });
    expect(bench.uses).toContainEqual({
      verb: 'fillForm',
      args: [actor, { target: 'shop', role: null, channel: CARDS }],
    });
    expect(bench.uses).toContainEqual({
      verb: 'fillForm',
      args: [actor, { target: 'shop', role: 'shop_read', channel: CARDS }],
    });
    expect(bench.uses.at(-1)).toEqual({
      verb: 'submit',
      args: [
        actor,
        {
          viewId,
          channel: CARDS,
          target: 'shop',
          role: 'shop_read',
          duration: '1h',
          otherDuration: null,
          reason: 'a reason of hers',
          emergency: null,
        },
      ],
    });
    expect(slack.problems).toEqual([]);
    expectNoSecrets(bench);
  });

  it('takes what the form keeps for a channel only when it is one', async () => {
    const { slack, uses } = await start(kind, {
      overrides: { command: async () => ({ form: form('shop', null, '<!channel>') }) },
    });
    const ana = slack.as(ANA);
    await ana.command('/request');
    await slack.waitFor(() => ana.openedView());
    await ana.options(ACTIONS.role, 'sh');
    expect(uses.at(-1)).toEqual({
      verb: 'roleOptions',
      args: [expect.objectContaining({ userId: ANA }), { target: 'shop', channel: null, query: 'sh' }],
    });
  });

  it('answers a click privately, delivered twice too, and leaves the card as it is', async () => {
    const bench = await start(kind);
    const { slack } = bench;
    const card = await postCard(bench);
    slack.faults.duplicateNext();
    expect(await slack.as(ANA).click(card, ACTIONS.approve)).toEqual({ outcome: 'ok' });
    await slack.waitFor(() => privateWords(slack).length === 2);
    expect(privateWords(slack)).toEqual(['heard of R-1042', 'heard of R-1042']);
    const approve = {
      verb: 'approve',
      args: [expect.objectContaining({ userId: ANA }), 'R-1042', { channel: CARDS, ts: card.ts }],
    };
    expect(bench.uses).toEqual([approve, approve]);
    expect(slack.as(ANA).messages(CARDS)[0]).toEqual(card);
    expect(slack.problems).toEqual([]);
    expectNoSecrets(bench);
  });

  it('sends a direct message when the click can no longer be answered where it was made', async () => {
    const bench = await start(kind);
    const { slack } = bench;
    const card = await postCard(bench);
    slack.faults.order('response_url', { kind: 'status', status: 500 });
    await slack.as(ANA).click(card, ACTIONS.withdraw);
    await slack.waitFor(() => slack.as(ANA).messages('dm').length > 0);
    expect(slack.as(ANA).messages('dm')[0]?.text).toBe('heard of R-1042');
  });

  it('asks why a request is denied, and hands on what was typed', async () => {
    const refusals = [
      { ok: false as const, errors: { [BLOCKS.reason]: 'Say why.' } },
      { ok: false as const, view: nothingToDeny('R-1042', 'Too late for <@U0BEN>.') },
    ];
    const bench = await start(kind, { overrides: { deny: async () => refusals.shift() ?? { ok: true } } });
    const { slack } = bench;
    const card = await postCard(bench);
    const ana = slack.as(ANA);
    const open = async () => {
      const before = ana.openedView()?.id;
      await ana.click(card, ACTIONS.deny);
      return slack.waitFor(() => (ana.openedView()?.id === before ? null : ana.openedView()));
    };
    expect(await open()).toMatchObject({ title: 'Deny R-1042', submit: 'Deny' });
    await ana.fill('Reason', 'a reason of hers');
    expect(await ana.submit()).toMatchObject({ by: 'app', errors: { [BLOCKS.reason]: 'Say why.' } });
    // A view that replaces the form shows mentions, which the errors of a form can't.
    expect(await ana.submit()).toMatchObject({ outcome: 'updated', view: { submit: null } });
    await open();
    expect(await ana.submit()).toEqual({ outcome: 'closed' });
    const actor = { userId: ANA };
    const clicked = { channel: CARDS, ts: card.ts };
    const denial = { requestId: 'R-1042', clicked };
    const opened = { verb: 'openDenial', args: [actor, 'R-1042', clicked] };
    const sent = { verb: 'deny', args: [actor, { ...denial, reason: 'a reason of hers' }] };
    expect(bench.uses).toEqual([
      opened,
      sent,
      sent,
      opened,
      { verb: 'deny', args: [actor, { ...denial, reason: null }] },
    ]);
    expect(privateWords(slack)).toEqual([]);
    expect(slack.problems).toEqual([]);
    expectNoSecrets(bench);
  });

  it('opens one form for two clicks, and none for who can’t deny or when Slack won’t', async () => {
    let answer: () => Promise<{ text: string }> = () => new Promise(() => undefined);
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const bench = await start(kind, {
      overrides: {
        openDenial: async (_, requestId, clicked) => {
          await gate;
          if (bench.uses.length > 1) return answer();
          const nothing = { what: null, reasonRequired: false, notice: null };
          return { form: denyForm({ requestId, clicked, ...nothing }) };
        },
      },
    });
    const { slack } = bench;
    const card = await postCard(bench);
    const ana = slack.as(ANA);
    slack.faults.duplicateNext();
    await Promise.all([ana.click(card, ACTIONS.deny), ana.click(card, ACTIONS.deny)]);
    expect(verbs(bench)).toEqual(['openDenial']);
    release();
    await slack.waitFor(() => ana.openedView());
    await ana.closeView();

    answer = async () => ({ text: 'Not yours to deny.' });
    const another = async () => {
      await ana.click(card, ACTIONS.deny);
      return verbs(bench).length > 1;
    };
    await waitFor(another, { what: 'the first form to be done with' });
    await slack.waitFor(() => privateWords(slack).includes('Not yours to deny.'));
    expect(ana.openedView()).toBeUndefined();
    answer = async () => {
      throw new Error('broken');
    };
    await ana.click(card, ACTIONS.deny);
    await slack.waitFor(() => privateWords(slack).some((text) => text.includes('Click Deny again; if it')));
    expect(slack.log.filter(({ method }) => method === 'views.open')).toHaveLength(1);
    expect(slack.problems).toEqual([]);
  });

  it('says what to do when Slack does not open the form that asks why', async () => {
    const bench = await start(kind);
    const { slack } = bench;
    const card = await postCard(bench);
    const ana = slack.as(ANA);
    for (const [error, says] of [
      ['expired_trigger_id', "the form didn't open. Click Deny again."],
      ['internal_error', 'The form could not be opened. Click Deny again; if it happens again'],
    ] as const) {
      slack.faults.order('views.open', { kind: 'error', error });
      await ana.click(card, ACTIONS.deny);
      await slack.waitFor(() => privateWords(slack).some((text) => text.includes(says)));
    }
    expect(ana.openedView()).toBeUndefined();
  });

  it('opens one form for a reviewer, whatever comes twice, and hands on what was typed', async () => {
    const answers = [{ ok: false as const, errors: { [BLOCKS.words]: 'Say more.' } }];
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const bench = await start(kind, {
      overrides: {
        openJudging: async (_, requestId, verdict) => {
          await gate;
          return {
            form: judgeModal(anActive(), verdict, SHOP, JSON.stringify({ v: 1, requestId, verdict })),
          };
        },
        judge: async () => answers.shift() ?? { ok: true },
      },
    });
    const { slack } = bench;
    const card = await postCard(bench);
    const ana = slack.as(ANA);
    slack.faults.duplicateNext();
    await ana.click(card, ACTIONS.notJustified);
    release();
    await slack.waitFor(() => ana.openedView());
    await ana.fill('Not justified: why?', 'a reason of hers');
    expect(await ana.submit()).toMatchObject({ by: 'app', errors: { [BLOCKS.words]: 'Say more.' } });
    expect(await ana.submit()).toEqual({ outcome: 'closed' });
    const sent = { requestId: 'R-1042', verdict: 'not_justified', words: 'a reason of hers' };
    const judged = { verb: 'judge', args: [{ userId: ANA }, sent] };
    expect(bench.uses.filter(({ verb }) => verb === 'judge')).toEqual([judged, judged]);
    expect(bench.uses[0]).toEqual({
      verb: 'openJudging',
      args: [{ userId: ANA }, 'R-1042', 'not_justified'],
    });
    expect(privateWords(slack)).toEqual([]);

    slack.faults.order('views.open', { kind: 'error', error: 'expired_trigger_id' });
    await ana.click(card, ACTIONS.justified);
    await slack.waitFor(() => privateWords(slack).some((text) => text.includes('Click Justified again.')));
    expect(slack.problems).toEqual([]);
    expectNoSecrets(bench);
  });

  it('asks once more in an emergency, says in a form why not, and closes both once it is granted', async () => {
    const kept = {
      ...{ viewId: 'V1', channel: null, target: 'shop', role: 'orders', duration: '1h' },
      ...{ otherDuration: null, reason: 'a reason of hers', emergency: 'confirmed' },
    };
    const confirm = emergencyModal({
      ...{ scene: SHOP, role: 'orders', login: 'ana', durationMs: 60_000, reason: 'a reason of hers' },
      ...{ review: [], channels: [CARDS], isPaged: false, notice: null },
      kept: JSON.stringify({ v: 1, submission: kept }),
    });
    const answers: (() => Submitted)[] = [
      () => ({ ok: false, errors: { one: 'Not', other: 'now.' } }),
      () => {
        throw new Error('broken');
      },
      () => ({ ok: true }),
    ];
    const bench = await start(kind, {
      overrides: {
        submit: async (_, { emergency }) =>
          emergency === 'confirmed' ? (answers.shift()?.() ?? { ok: true }) : { ok: true, confirm },
      },
    });
    const { slack } = bench;
    const ana = slack.as(ANA);
    await ana.command('/request');
    await slack.waitFor(() => ana.openedView());
    for (const says of ['Not now.', 'Something went wrong']) {
      expect(await ana.submit()).toMatchObject({ outcome: 'pushed', view: { title: 'Break the glass?' } });
      const refused = await ana.submit();
      expect(refused).toMatchObject({ outcome: 'updated', view: { title: 'Not granted', submit: null } });
      expect(JSON.stringify(refused)).toContain(says);
      await ana.closeView();
    }
    await ana.submit();
    expect(await ana.submit()).toEqual({ outcome: 'cleared' });
    expect(ana.openedView()).toBeUndefined();
    expect(bench.uses.at(-1)).toEqual({ verb: 'submit', args: [{ userId: ANA }, kept] });
    expect(slack.problems).toEqual([]);
    expectNoSecrets(bench);
  });

  it('takes no denial that does not say of what', async () => {
    const nothing = { what: null, reasonRequired: false, notice: null };
    const clicked = { channel: CARDS, ts: '1.2' };
    const kept = [{}, { v: 1, request: 'O-12', ...clicked }, { v: 1, request: 'R-1042', channel: CARDS }];
    for (const each of kept) {
      const form = {
        ...denyForm({ requestId: 'R-1042', clicked, ...nothing }),
        private_metadata: JSON.stringify(each),
      };
      const bench = await start(kind, { overrides: { openDenial: async () => ({ form }) } });
      const ana = bench.slack.as(ANA);
      await ana.click(await postCard(bench), ACTIONS.deny);
      await bench.slack.waitFor(() => ana.openedView());
      expect(await ana.submit()).toMatchObject({
        by: 'app',
        errors: { [BLOCKS.reason]: expect.stringContaining("can't read what Slack sent") },
      });
      expect(verbs(bench)).toEqual(['openDenial']);
      expect(bench.log()).toContain('a malformed form was refused');
    }
  });

  it('approves for what was chosen in the menu, and for nothing else', async () => {
    const bench = await start(kind);
    const { slack } = bench;
    const card = await postCard(bench);
    const ana = slack.as(ANA);
    for (const value of MENU) await ana.choose(ACTIONS.approveFor, value, card);
    await slack.waitFor(() => privateWords(slack).length === MENU.length);
    expect(bench.uses).toEqual([
      {
        verb: 'approveFor',
        args: [{ userId: ANA }, 'R-1042', { channel: CARDS, ts: card.ts }, 30 * 60_000],
      },
    ]);
    expect(privateWords(slack).filter((text) => text.includes("can't read"))).toHaveLength(MENU.length - 1);
    expect(slack.problems).toEqual([]);
  });

  it('says privately that it has nothing for a button, or can’t read one, and nothing of a link', async () => {
    const bench = await start(kind);
    const { slack } = bench;
    const card = await postCard(bench);
    const ana = slack.as(ANA);
    expect(await ana.click(card, 'unknown')).toEqual({ outcome: 'ok' });
    expect(await ana.click(card, 'of_an_older_release')).toEqual({ outcome: 'ok' });
    await slack.waitFor(() => privateWords(slack).length === 1);
    expect(await ana.click(card, ACTIONS.end)).toEqual({ outcome: 'ok' });
    await slack.waitFor(() => privateWords(slack).length === 2);
    expect(privateWords(slack)).toEqual([
      expect.stringMatching(/doesn't know this button or form.*use the newest message/),
      expect.stringMatching(/can't read what Slack sent.*type \/request again/),
    ]);
    expect(bench.uses).toEqual([]);
    expect(bench.log()).toContain('a malformed click was refused');
    expect(slack.problems).toEqual([]);
  });

  it('shows no form as taken that it does not know', async () => {
    const callback_id = 'of_an_older_release';
    const bench = await start(kind, {
      overrides: { command: async () => ({ form: { ...form(null), callback_id } }) },
    });
    const ana = bench.slack.as(ANA);
    await ana.command('/request');
    await bench.slack.waitFor(() => ana.openedView());
    expect(await ana.submit()).toMatchObject({
      by: 'app',
      errors: { [BLOCKS.target]: expect.stringContaining("doesn't know this button or form") },
    });
    expect(bench.uses.map(({ verb }) => verb)).toEqual(['command']);
    expect(bench.slack.problems).toEqual([]);
  });

  it('acknowledges everything and says so privately when the use cases throw', async () => {
    const broken = (): never => {
      throw new Error('broken');
    };
    const bench = await start(kind, {
      overrides: {
        command: async (_, { typed }) => (typed === 'help' ? broken() : { form: form(null) }),
        openForm: broken,
        messageShortcut: broken,
        approve: broken,
        targetOptions: broken,
        fillForm: broken,
        submit: broken,
      },
    });
    const { slack } = bench;
    const ana = slack.as(ANA);
    const wrongs = () => privateWords(slack).filter((text) => text.includes('Something went wrong.'));
    expect(await ana.command('/request', 'help', CARDS)).toEqual({ outcome: 'ok', response: null });
    await slack.waitFor(() => wrongs().length === 1);
    expect(await ana.messageShortcut(ana.say(CARDS, 'an error'), SHORTCUTS.forMessage)).toEqual({
      outcome: 'ok',
    });
    await slack.waitFor(() => wrongs().length === 2);
    // It has no response URL.
    expect(await ana.shortcut(SHORTCUTS.request)).toEqual({ outcome: 'ok' });
    await slack.waitFor(() => ana.messages('dm').some(({ text }) => text.includes('Something went wrong')));
    expect(await ana.click(await postCard(bench), ACTIONS.approve)).toEqual({ outcome: 'ok' });
    await slack.waitFor(() => privateWords(slack).some((text) => text.includes('wrong with R-1042')));

    await ana.command('/request');
    await slack.waitFor(() => ana.openedView());
    expect(await ana.options(ACTIONS.target)).toEqual([
      expect.objectContaining({
        text: expect.objectContaining({ text: expect.stringContaining('Something went wrong') }),
      }),
    ]);
    await ana.fill(ACTIONS.reason, 'a reason of hers');
    expect(await ana.submit()).toMatchObject({
      errors: { [BLOCKS.target]: expect.stringContaining('Something went wrong') },
    });
    expect(slack.problems).toEqual([]);
    expect(bench.log()).toContain('broken');
    expectNoSecrets(bench);
  });

  it('shows the form of the target that was chosen last, in whatever order the answers come', async () => {
    const gates = new Map<string, () => void>();
    const { slack, log } = await start(kind, {
      overrides: {
        fillForm: async (_, { target }) => {
          await new Promise<void>((resolve) => gates.set(target, resolve));
          return form(target);
        },
      },
    });
    const ana = slack.as(ANA);
    const updates = () => slack.log.filter(({ method }) => method === 'views.update').length;
    const shows = (target: string) =>
      ana.openedView()?.blocks.some(({ block_id }) => block_id === `role:${target}`) === true;
    const chooseBoth = async () => {
      gates.clear();
      await ana.choose(ACTIONS.target, 'shop');
      await ana.choose(ACTIONS.target, 'billing');
      await waitFor(() => gates.size === 2, { what: 'both to be under way' });
    };
    await ana.command('/request');
    await slack.waitFor(() => ana.openedView());

    await chooseBoth();
    gates.get('billing')?.();
    await slack.waitFor(() => shows('billing'));
    gates.get('shop')?.();
    await slack.waitFor(() => updates() === 2);
    expect(shows('billing')).toBe(true);

    await chooseBoth();
    gates.get('shop')?.();
    await slack.waitFor(() => shows('shop'));
    gates.get('billing')?.();
    await slack.waitFor(() => shows('billing'));
    expect(log()).not.toContain('the form was not filled');
  });

  it('acknowledges in time when a search or a submission hangs', async () => {
    let answer = (_: { ok: true }): void => {};
    const submitted = new Promise<{ ok: true }>((resolve) => {
      answer = resolve;
    });
    const bench = await start(kind, {
      overrides: {
        submit: () => submitted,
        roleOptions: () => new Promise(() => {}),
      },
    });
    const { slack } = bench;
    const ana = slack.as(ANA);
    await ana.command('/request');
    await slack.waitFor(() => ana.openedView());
    await ana.choose(ACTIONS.target, 'shop');
    await slack.waitFor(() => ana.openedView()?.blocks.some(({ block_id }) => block_id === 'role:shop'));
    // Hallpass leaves half a second to Slack's limit, which a busy machine may need: here it has ten times that.
    expect(ACK_BUDGET_MS).toBeLessThan(slack.clock.ackMs);
    slack.clock.ackMs = ACK_BUDGET_MS + 5_000;
    expect(await ana.options(ACTIONS.role)).toEqual([
      expect.objectContaining({
        text: expect.objectContaining({ text: expect.stringContaining('takes longer') }),
      }),
    ]);
    expect(await ana.submit()).toMatchObject({
      errors: { [BLOCKS.target]: expect.stringContaining('nothing is requested twice') },
    });
    answer({ ok: true });
    expect(await ana.submit()).toEqual({ outcome: 'closed' });
    expect(slack.problems).toEqual([]);
  });

  it('turns away what is meant for another workspace or another app, and says so', async () => {
    // The form was opened by the Hallpass that this workspace and app have; what is done with it arrives at another.
    const own = await start(kind);
    const ana = own.slack.as(ANA);
    await ana.command('/request');
    await own.slack.waitFor(() => ana.openedView());
    const card = await postCard(own);
    await own.app.stop();
    for (const [home, words] of [
      [{ teamId: 'T0ELSEWHERE' }, 'works for another Slack workspace'],
      [{ appId: 'A0ELSE' }, 'belongs to another Slack app'],
    ] as const) {
      const bench = await start(kind, { home, slack: own.slack });
      const before = privateWords(own.slack).length;
      expect(await ana.click(card, ACTIONS.approve)).toEqual({ outcome: 'ok' });
      await own.slack.waitFor(() => privateWords(own.slack).length > before);
      expect(privateWords(own.slack).at(-1)).toContain(words);
      expect(await ana.command('/request')).toMatchObject({
        response: { ephemeral: true, text: expect.stringContaining(words) },
      });
      const [reason] = await ana.options(ACTIONS.target);
      expect(`${reason?.text.text} ${reason?.description?.text}`).toContain(words);
      expect(await ana.submit()).toMatchObject({
        by: 'app',
        errors: { [BLOCKS.target]: expect.stringContaining(words) },
      });
      expect(verbs(bench)).toEqual([]);
      expect(bench.log()).toMatch(/"security":"foreign_(?:workspace|app)".*refused a payload/);
      await bench.app.stop();
    }
    expect(own.slack.problems).toEqual([]);
  });

  it('is ready only while payloads can arrive, and finishes what it does before it stops', async () => {
    let finish = (): void => {};
    const working = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const bench = await start(kind, {
      overrides: {
        approve: async () => {
          await working;
          return { text: 'done at last' };
        },
      },
    });
    const { slack, app } = bench;
    expect(app.ready()).toBe(true);
    await slack.as(ANA).click(await postCard(bench), ACTIONS.approve);
    let stopped = false;
    const stopping = app.stop().then(() => {
      stopped = true;
    });
    // It still answers while something is under way.
    expect(await slack.as(ANA).command('/request', 'help')).toMatchObject({ outcome: 'ok' });
    expect(stopped).toBe(false);
    finish();
    await stopping;
    expect(privateWords(slack)).toEqual(['done at last']);
    expect(app.ready()).toBe(false);
    await slack.waitFor(() => slack.sockets.count === 0);
    expect(await slack.as(ANA).command('/request')).toMatchObject({ outcome: 'not connected' });
  });
});
