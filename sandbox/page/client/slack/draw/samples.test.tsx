/** Everything that Hallpass sends is drawn: nothing in it is unsupported. */
import { describe, expect, it } from 'vitest';
import { denyForm, nothingToDeny } from '../../../../../src/surfaces/forms/deny-form.js';
import { emergencyRefused } from '../../../../../src/surfaces/forms/emergency-forms.js';
import { pauseForm } from '../../../../../src/surfaces/forms/pause-form.js';
import { requestModal } from '../../../../../src/surfaces/forms/request-form.js';
import { home, unreadHome } from '../../../../../src/surfaces/home/home.js';
import { card } from '../../../../../src/surfaces/request/card.js';
import { note, status } from '../../../../../src/surfaces/request/direct.js';
import { NOTE_KINDS } from '../../../../../src/surfaces/request/note-kinds.js';
import { EMPTY, fullHome } from '../../../../../test/surfaces/home-samples.js';
import { SITUATION_NAMES, SITUATIONS, scene } from '../../../../../test/surfaces/samples.js';
import type { Block } from '../../../../slack/validate/blocks.js';
import { checkBlocks } from '../../../../slack/validate/message.js';
import { checkHome, checkModal } from '../../../../slack/validate/view.js';
import type { Surface } from '../surface.js';
import { drawn, valid } from './testing.js';

const HOUR = 3_600_000;
const wide = { ...scene, durationsMs: [HOUR / 2, HOUR, 4 * HOUR], setRoleFirst: true };

/** All of it, and every label on a button that it holds. */
function expectDrawn(blocks: readonly Block[], surface: Partial<Surface> = {}): void {
  const html = drawn(blocks, surface);
  expect(html).not.toContain('unsupported:');
  const labels = blocks.flatMap((block) =>
    block.type === 'actions'
      ? block.elements.flatMap((element) => (element.type === 'button' ? [element.text.text] : []))
      : [],
  );
  for (const label of labels) expect(html).toContain(escaped(label));
}

function escaped(label: string): string {
  return label.replaceAll('&', '&amp;').replaceAll("'", '&#x27;').replaceAll('"', '&quot;');
}

describe.each(SITUATION_NAMES)('%s', (situation) => {
  it.each([
    ['plain', scene],
    ['with durations', wide],
    ['while paused', { ...wide, pause: { target: null, by: 'olga', because: 'drill', since: new Date() } }],
  ])('%s', (_, where) => {
    const request = SITUATIONS[situation];
    const messages = [
      card(request, where, { first: true, preview: null, missing: [] }),
      status(request, where),
      ...NOTE_KINDS.map((kind) => note(kind, request, where)),
    ];
    for (const { blocks } of messages) expectDrawn(valid(checkBlocks(blocks)));
  });
});

it.each([
  ['full', home(fullHome({ size: 5, more: 100, scene: wide }))],
  ['empty', home(EMPTY)],
  ['unread', unreadHome('The ledger does not answer.')],
])('the %s Home', (_, view) => {
  expectDrawn(valid(checkHome(view)).blocks, { kind: 'home' });
});

const form = {
  channel: 'C0ACCESS',
  elsewhere: ['C0OTHER'],
  asks: ['Asks @dba'],
  offers: [],
  preview: null,
  target: null,
  role: null,
  login: null,
  notice: null,
  durationsMs: [HOUR / 2, HOUR],
  defaultMs: HOUR,
  maxMs: 4 * HOUR,
  reasonRequired: true,
  reasonRule: { pattern: '\\d+', hint: 'A ticket', link: null },
  emergency: null,
  typed: { durationMs: null, reason: null },
};
const filled = {
  ...form,
  target: { key: 'shop', name: 'Shop', environment: 'production' },
  role: { role: 'orders_write', about: 'Change orders' },
  login: 'ana',
  notice: 'You hold it already.',
  emergency: { maxMs: HOUR, review: [{ id: 'S0DBA', name: 'dba' }] },
};
const denied = {
  requestId: 'R-1042',
  clicked: { channel: 'C0ACCESS', ts: '1795226400.000100' },
  what: { request: SITUATIONS.pending, where: scene },
  reasonRequired: true,
  notice: 'A group could not be read.',
};

it.each([
  ['request', requestModal(form)],
  ['filled request', requestModal(filled)],
  ['deny', denyForm(denied)],
  ['nothing to deny', nothingToDeny('R-1042', 'It was denied already.')],
  ['pause', pauseForm('shop', 'Shop')],
  ['refused emergency', emergencyRefused('You are asleep.')],
])('the %s form', (_, view) => {
  expectDrawn(valid(checkModal(view)).blocks, { kind: 'modal' });
});
