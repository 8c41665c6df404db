import type { ModalView } from '@slack/types';
import { onTestFinished } from 'vitest';
import { freePort } from '../../sandbox/postgres/free-port.js';
import { type SeenMessage, type Slack, startSlack } from '../../sandbox/slack/index.js';
import type { Access } from '../../src/access/access.js';
import type { HallpassError } from '../../src/errors.js';
import { createLogger } from '../../src/logger.js';
import { createMessenger, type WebApiMessenger } from '../../src/messenger/web-api.js';
import { createSlackApp, type SlackApp } from '../../src/slack/app.js';
import { say } from '../../src/surfaces/answers/private-message.js';
import { denyForm } from '../../src/surfaces/forms/deny-form.js';
import { pauseForm } from '../../src/surfaces/forms/pause-form.js';
import { ACTIONS, BLOCKS, durationBlock, roleBlock, VIEWS } from '../../src/surfaces/kit/ids.js';

export const ANA = 'U0ANA00000';
export const CARDS = 'C0CARDS000';

/** A use case that was called, with its arguments. */
interface Use {
  readonly verb: keyof Access;
  readonly args: readonly unknown[];
}

const option = (value: string) => ({ text: { type: 'plain_text' as const, text: value }, value });

export function form(
  target: string | null,
  role: string | null = null,
  channel: string | null = null,
): ModalView {
  const select = (id: string, block: string): ModalView['blocks'][number] => ({
    type: 'input',
    optional: true,
    block_id: block,
    dispatch_action: true,
    label: { type: 'plain_text', text: id },
    element: { type: 'external_select', action_id: id, min_query_length: 0 },
  });
  const text = (id: string): ModalView['blocks'][number] => ({
    type: 'input',
    block_id: id,
    optional: true,
    label: { type: 'plain_text', text: id },
    element: { type: 'plain_text_input', action_id: id },
  });
  return {
    type: 'modal',
    callback_id: VIEWS.request,
    title: { type: 'plain_text', text: 'Request access' },
    submit: { type: 'plain_text', text: 'Send' },
    private_metadata: JSON.stringify({ v: 1, target, channel }),
    blocks: [
      select(ACTIONS.target, BLOCKS.target),
      select(ACTIONS.role, roleBlock(target)),
      {
        type: 'input',
        block_id: durationBlock(role),
        label: { type: 'plain_text', text: 'For how long?' },
        element: {
          type: 'static_select',
          action_id: ACTIONS.duration,
          options: [option('30m'), option('1h')],
          initial_option: option('1h'),
        },
      },
      ...[BLOCKS.otherDuration, BLOCKS.reason].map(text),
    ],
  };
}

/** An Access that writes down what it is asked. */
function recordingAccess(overrides: Partial<Access> = {}): { access: Access; uses: Use[] } {
  const uses: Use[] = [];
  const clicked = async (_: unknown, id: string) => ({ text: `heard of ${id}` });
  const answers: Access = {
    command: async (_, { typed, channel }) =>
      typed === 'Help' ? { message: say('Words of help.') } : { form: form(null, null, channel) },
    openForm: async (_, target) => form(target),
    messageShortcut: async (_, { text }) => ({ message: say(`Heard of ${text}`) }),
    drawAgain: async (_, what, id) => say(`${what} after ${id}`),
    fillForm: async (_, { target, role, channel }) => form(target, role, channel),
    targetOptions: async () => [option('shop'), option('billing')],
    roleOptions: async (_, { target }) => [option(`${target}_read`)],
    submit: async () => ({ ok: true }),
    approve: clicked,
    approveFor: clicked,
    openDenial: async (_, requestId, kept) => ({
      form: denyForm({ requestId, clicked: kept, what: null, reasonRequired: false, notice: null }),
    }),
    openAgain: async (_, id) => ({ text: `heard of ${id}` }),
    deny: async () => ({ ok: true }),
    withdraw: clicked,
    relinquish: clicked,
    end: clicked,
    extend: clicked,
    settle: clicked,
    endRepeat: clicked,
    approveAgain: clicked,
    openJudging: async (_, id) => ({ text: `heard of ${id}` }),
    judge: async () => ({ ok: true }),
    openHome: async () => {},
    turnPage: async () => {},
    filterHome: async () => {},
    choseOnHome: async () => {},
    openPausing: async (_, key) => ({ form: pauseForm(key, key) }),
    pause: async () => ({ ok: true }),
    resume: async (_, key) => ({ text: `heard of ${key}` }),
    instanceOptions: async () => [option('shop')],
    noteOnHome: async () => {},
    changedInSlack: async () => {},
    ...overrides,
  };
  const record = <A extends unknown[], R>(
    verb: keyof Access,
    answer: (...args: A) => R,
  ): ((...args: A) => R) => {
    return (...args) => {
      uses.push({ verb, args });
      return answer(...args);
    };
  };
  const access: Access = {
    command: record('command', answers.command),
    openForm: record('openForm', answers.openForm),
    messageShortcut: record('messageShortcut', answers.messageShortcut),
    drawAgain: record('drawAgain', answers.drawAgain),
    fillForm: record('fillForm', answers.fillForm),
    targetOptions: record('targetOptions', answers.targetOptions),
    roleOptions: record('roleOptions', answers.roleOptions),
    submit: record('submit', answers.submit),
    approve: record('approve', answers.approve),
    approveFor: record('approveFor', answers.approveFor),
    openDenial: record('openDenial', answers.openDenial),
    openAgain: record('openAgain', answers.openAgain),
    deny: record('deny', answers.deny),
    withdraw: record('withdraw', answers.withdraw),
    relinquish: record('relinquish', answers.relinquish),
    end: record('end', answers.end),
    extend: record('extend', answers.extend),
    openJudging: record('openJudging', answers.openJudging),
    judge: record('judge', answers.judge),
    settle: record('settle', answers.settle),
    endRepeat: record('endRepeat', answers.endRepeat),
    approveAgain: record('approveAgain', answers.approveAgain),
    openHome: record('openHome', answers.openHome),
    turnPage: record('turnPage', answers.turnPage),
    filterHome: record('filterHome', answers.filterHome),
    choseOnHome: record('choseOnHome', answers.choseOnHome),
    openPausing: record('openPausing', answers.openPausing),
    pause: record('pause', answers.pause),
    resume: record('resume', answers.resume),
    instanceOptions: record('instanceOptions', answers.instanceOptions),
    noteOnHome: record('noteOnHome', answers.noteOnHome),
    changedInSlack: record('changedInSlack', answers.changedInSlack),
  };
  return { access, uses };
}

export interface Bench {
  readonly slack: Slack;
  readonly messenger: WebApiMessenger;
  readonly app: SlackApp;
  readonly uses: readonly Use[];
  readonly fatal: readonly HallpassError[];
  /** All that was logged, at the finest level. */
  readonly log: () => string;
  readonly url: string;
}

export async function openSlack(): Promise<Slack> {
  const slack = await startSlack({
    people: [{ id: ANA, name: 'ana' }],
    channels: [{ id: CARDS, name: 'cards' }],
  });
  slack.workspace.setBotIn(CARDS, true);
  onTestFinished(() => slack.close());
  return slack;
}

/** Slack's side of Hallpass against a workspace of its own; not started yet. */
export async function build(
  kind: 'socket' | 'http',
  {
    overrides = {},
    home = null,
    slack: given,
  }: { overrides?: Partial<Access>; home?: { teamId?: string; appId?: string } | null; slack?: Slack } = {},
): Promise<Bench> {
  const slack = given ?? (await openSlack());
  const lines: string[] = [];
  const logger = createLogger('trace', { write: (line) => lines.push(line) });
  const messenger = createMessenger({ botToken: slack.botToken, apiUrl: slack.apiUrl, logger });
  const { access, uses } = recordingAccess(overrides);
  const fatal: HallpassError[] = [];
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/slack/events`;
  if (kind === 'http') slack.deliverByHttp(url);
  const app = createSlackApp({
    transport:
      kind === 'socket'
        ? { kind, appToken: slack.appToken }
        : { kind, signingSecret: slack.signingSecret, port },
    apiUrl: slack.apiUrl,
    command: '/request',
    access,
    messenger: {
      ...messenger,
      whoAmI: async () => ({ ...(await messenger.whoAmI()), ...home }),
    },
    formSecret: slack.botToken,
    logger,
    onRefusal: (refusal) => {
      if (refusal !== null) fatal.push(refusal);
    },
  });
  onTestFinished(async () => {
    await app.stop();
  });
  return { slack, messenger, app, uses, fatal, log: () => lines.join(''), url };
}

export async function start(...args: Parameters<typeof build>): Promise<Bench> {
  const bench = await build(...args);
  await bench.app.start();
  return bench;
}

/** What stands in the menu of the card: one choice that we write, and others that we don't. */
export const MENU = ['R-1042:30m', 'R-1042:30 min', 'R-1042', 'O-12:30m', 'R-1042:30m:1h'] as const;

/** A card with buttons, as Ana sees it. */
export async function postCard({ slack, messenger }: Bench): Promise<SeenMessage> {
  const button = (action_id: string) => ({
    type: 'button' as const,
    action_id,
    text: { type: 'plain_text' as const, text: action_id },
    value: 'R-1042',
  });
  await messenger.post(CARDS, {
    text: 'A card',
    blocks: [
      {
        type: 'actions',
        elements: [
          button(ACTIONS.approve),
          button(ACTIONS.deny),
          button(ACTIONS.withdraw),
          button(ACTIONS.justified),
          button(ACTIONS.notJustified),
          { type: 'overflow', action_id: ACTIONS.approveFor, options: MENU.map(option) },
          { ...button('unknown'), url: 'https://example.com' },
          button('of_an_older_release'),
          { ...button(ACTIONS.end), value: 'R-1 or more' },
        ],
      },
    ],
  });
  const card = slack.as(ANA).messages(CARDS).at(-1);
  if (card === undefined) throw new Error('The card was not posted.');
  return card;
}

/** The words that Ana alone sees in the channel of the card. */
export function privateWords(slack: Slack, where = CARDS): string[] {
  return slack
    .as(ANA)
    .messages(where)
    .filter(({ ephemeral }) => ephemeral)
    .map(({ text }) => text);
}
