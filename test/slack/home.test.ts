/** App Home as Slack tells of it: what is believed, and that each click is answered on the Home. */
import type { HomeView, KnownBlock, ModalView } from '@slack/types';
import { describe, expect, it } from 'vitest';
import { ACTIONS, BLOCKS, VIEWS } from '../../src/surfaces/kit/ids.js';
import { waitFor } from '../support/wait-for.js';
import { ANA, type Bench, start } from './harness.js';

const ACTOR = { userId: ANA };

const plain = (text: string) => ({ type: 'plain_text' as const, text });

function button(action_id: string, value?: string): KnownBlock {
  return {
    type: 'actions',
    block_id: `${action_id} ${value}`.slice(0, 255),
    elements: [
      {
        type: 'button',
        action_id,
        text: plain(`${action_id} ${value}`.slice(0, 75)),
        ...(value === undefined ? {} : { value }),
      },
    ],
  };
}

function searching(...actionIds: readonly string[]): KnownBlock {
  return {
    type: 'actions',
    elements: actionIds.map((action_id) => ({
      type: 'external_select' as const,
      action_id,
      min_query_length: 0,
    })),
  };
}

async function show({ messenger }: Bench, ...blocks: readonly KnownBlock[]): Promise<void> {
  const view: HomeView = { type: 'home', blocks: [...blocks] };
  await messenger.publishHome(ANA, view, null);
}

const usesOf = ({ uses }: Bench, ...verbs: readonly string[]) =>
  uses.filter(({ verb }) => verbs.includes(verb));
const notes = (bench: Bench) => usesOf(bench, 'noteOnHome').map(({ args }) => args[1]);

describe.each(['socket', 'http'] as const)('over %s', (kind) => {
  it('opens it for who opened the tab Home, and for nobody else', async () => {
    const bench = await start(kind);
    const ana = bench.slack.as(ANA);
    ana.openHome('messages');
    ana.openHome();
    await waitFor(() => usesOf(bench, 'openHome').length === 1, { what: 'the Home to be opened' });
    expect(bench.uses).toEqual([{ verb: 'openHome', args: [ACTOR] }]);
  });

  it('does what the buttons of messages do, and says there what they came to', async () => {
    const bench = await start(kind);
    const ana = bench.slack.as(ANA);
    const verbs = ['approve', 'withdraw', 'relinquish', 'end', 'extend', 'settle', 'endRepeat'] as const;
    await show(bench, ...verbs.map((verb) => button(ACTIONS[verb], 'R-1042')));
    for (const verb of verbs) expect(await ana.click('home', ACTIONS[verb])).toEqual({ outcome: 'ok' });
    await waitFor(() => notes(bench).length === verbs.length, { what: 'answers' });
    for (const verb of verbs) {
      // There is no message: nothing is settled by the click.
      expect(usesOf(bench, verb)).toEqual([{ verb, args: [ACTOR, 'R-1042', null] }]);
    }
    expect(new Set(notes(bench))).toEqual(new Set(['heard of R-1042']));
    expect(ana.messages('dm')).toEqual([]);
  });

  it('opens forms, and says there why one doesn’t open', async () => {
    const bench = await start(kind);
    const { slack } = bench;
    const ana = slack.as(ANA);
    await show(
      bench,
      button(ACTIONS.deny, 'R-1042'),
      button(ACTIONS.homeRequest),
      button(ACTIONS.pause, 'shop'),
      button(ACTIONS.justified, 'R-1042'),
    );
    for (const [action, callback] of [
      [ACTIONS.deny, VIEWS.deny],
      [ACTIONS.homeRequest, VIEWS.request],
      [ACTIONS.pause, VIEWS.pause],
    ] as const) {
      await ana.click('home', action);
      await slack.waitFor(() => ana.openedView()?.callbackId === callback);
      await ana.closeView();
    }
    await ana.click('home', ACTIONS.justified);
    await waitFor(() => notes(bench).length === 1, { what: 'the answer' });
    expect(notes(bench)).toEqual(['heard of R-1042']);
    for (const action of [ACTIONS.deny, ACTIONS.homeRequest, ACTIONS.pause]) {
      slack.faults.order('views.open', { kind: 'error', error: 'internal_error' });
      const before = notes(bench).length;
      await ana.click('home', action);
      await waitFor(() => notes(bench).length > before, { what: 'the answer' });
      expect(notes(bench).at(-1)).toMatch(/^The form could not be opened\./);
    }
    expect(ana.messages('dm')).toEqual([]);
  });

  it('turns pages, filters, pauses and resumes by what its own elements carry', async () => {
    const bench = await start(kind);
    const { slack } = bench;
    const ana = slack.as(ANA);
    await show(
      bench,
      button(`${ACTIONS.homePage}:on`, 'decide:3'),
      button(ACTIONS.homeClear),
      button(ACTIONS.resume, '*'),
      button(ACTIONS.pause, 'shop'),
      searching(ACTIONS.homeInstance, ACTIONS.homeTarget),
      { type: 'actions', elements: [{ type: 'users_select', action_id: ACTIONS.homePerson }] },
    );
    await ana.click('home', `${ACTIONS.homePage}:on`);
    await ana.click('home', ACTIONS.homeClear);
    await ana.choose(ACTIONS.homeInstance, 'shop', 'home');
    await ana.fill(ACTIONS.homePerson, ANA, 'home');
    await ana.click('home', ACTIONS.resume);
    await ana.choose(ACTIONS.homeTarget, 'billing', 'home');
    await slack.waitFor(() => ana.openedView());
    await ana.closeView();
    await waitFor(() => usesOf(bench, 'choseOnHome').length === 1, { what: 'it to be forgotten' });
    await ana.click('home', ACTIONS.pause);
    await slack.waitFor(() => ana.openedView()?.callbackId === VIEWS.pause);
    await ana.fill('Why?', 'an incident');
    expect(await ana.submit()).toEqual({ outcome: 'closed' });
    expect(usesOf(bench, 'turnPage', 'filterHome', 'resume', 'openForm', 'pause')).toEqual([
      { verb: 'turnPage', args: [ACTOR, 'decide', 3] },
      { verb: 'filterHome', args: [ACTOR, { instance: null, person: null }] },
      { verb: 'filterHome', args: [ACTOR, { instance: 'shop' }] },
      { verb: 'filterHome', args: [ACTOR, { person: ANA }] },
      { verb: 'resume', args: [ACTOR, '*'] },
      { verb: 'openForm', args: [ACTOR, 'billing'] },
      { verb: 'pause', args: [ACTOR, { target: 'shop', because: 'an incident' }] },
    ]);
    expect(notes(bench)).toEqual(['heard of *']);
  });

  it('believes nothing else, and says so there', async () => {
    const bench = await start(kind);
    const ana = bench.slack.as(ANA);
    const hostile = [
      button(ACTIONS.approve, 'R-1 or more'),
      button(ACTIONS.approve, 'shop'),
      button(`${ACTIONS.homePage}:on`, 'decide:-1'),
      button(`${ACTIONS.homePage}:back`, 'everything:1'),
      button(`${ACTIONS.homePage}:on`, 'decide:1:2'),
      button(ACTIONS.pause, 'x'.repeat(101)),
      button(ACTIONS.resume),
      button('of_an_older_release', 'R-1042'),
      // The button of one thing, with the value of another.
      button(ACTIONS.deny, 'decide:1'),
      button(ACTIONS.justified, '*'),
    ];
    await show(bench, ...hostile);
    for (const { block_id = '' } of hostile) await ana.click('home', block_id);
    await waitFor(() => notes(bench).length === hostile.length, { what: 'answers' });
    for (const note of notes(bench))
      expect(note).toMatch(/can't read what Slack sent|doesn't know this button/);
    expect(bench.uses.filter(({ verb }) => verb !== 'noteOnHome')).toEqual([]);
    expect(ana.messages('dm')).toEqual([]);
  });

  it('takes no click in a form for one on Home, nor a form that keeps no such pause', async () => {
    const view: ModalView = {
      type: 'modal',
      callback_id: VIEWS.request,
      title: plain('A form'),
      blocks: [
        button(ACTIONS.approve, 'R-1042'),
        button(`${ACTIONS.homePage}:on`, 'decide:1'),
        button(ACTIONS.resume, '*'),
        button(ACTIONS.homeRequest),
      ],
    };
    const input = {
      type: 'input' as const,
      block_id: BLOCKS.reason,
      label: plain('Why?'),
      element: { type: 'plain_text_input' as const, action_id: ACTIONS.reason },
    };
    const pausing = (kept: unknown): ModalView => ({
      ...{ type: 'modal', callback_id: VIEWS.pause, title: plain('Pause?'), submit: plain('Pause') },
      ...{ private_metadata: JSON.stringify(kept), blocks: [input] },
    });
    let form = view;
    const bench = await start(kind, { overrides: { command: async () => ({ form }) } });
    const ana = bench.slack.as(ANA);
    await ana.command('/request');
    await bench.slack.waitFor(() => ana.openedView());
    for (const { block_id = '' } of view.blocks) await ana.click('modal', block_id);
    await ana.closeView();
    await bench.slack.waitFor(() => ana.messages('dm').length === view.blocks.length);
    for (const kept of [{}, { v: 1 }, { v: 1, target: 7 }, { v: 1, target: '' }, null]) {
      form = pausing(kept);
      await ana.command('/request');
      await bench.slack.waitFor(() => ana.openedView()?.callbackId === VIEWS.pause);
      await ana.fill('Why?', 'x');
      expect(await ana.submit()).toMatchObject({ outcome: 'errors', by: 'app' });
      await ana.closeView();
    }
    expect(new Set(bench.uses.map(({ verb }) => verb))).toEqual(new Set(['command']));
  });

  it('says it by direct message when not even the Home can be changed', async () => {
    const broken = (): never => {
      throw new Error('the ledger is down');
    };
    const bench = await start(kind, {
      overrides: {
        approve: async () => broken(),
        turnPage: async () => broken(),
        noteOnHome: async () => broken(),
      },
    });
    const ana = bench.slack.as(ANA);
    await show(bench, button(ACTIONS.approve, 'R-1042'), button(`${ACTIONS.homePage}:on`, 'decide:1'));
    await ana.click('home', ACTIONS.approve);
    await ana.click('home', `${ACTIONS.homePage}:on`);
    await bench.slack.waitFor(() => ana.messages('dm').length === 2);
    for (const { text } of ana.messages('dm')) expect(text).toMatch(/^Something went wrong/);
    expect(bench.slack.problems).toEqual([]);
  });
});
