/** Home in each state that a reader may find it in. */
import { notEligible, nothingOffered } from '../../../src/surfaces/forms/form-words.js';
import { pausedAlready } from '../../../src/surfaces/forms/pause-form.js';
import { type HomeFacts, home, unreadHome } from '../../../src/surfaces/home/home.js';
import { groupsNotSaid } from '../../../src/surfaces/home/unsaid.js';
import { EMPTY, fullHome, pageOf } from '../home-samples.js';
import { SITUATION_NAMES, SITUATIONS, type Situation, scene } from '../samples.js';
import * as facts from './facts.js';
import { type Sample, sample } from './sample.js';

const full = fullHome();
const paged = fullHome({ more: 2_400 });
const { operators } = full;
if (operators === null) throw new Error('this Home has no part for operators');

/** One list with the requests of these situations, and nothing else. */
const held = (...names: readonly Situation[]): HomeFacts => ({
  ...EMPTY,
  held: pageOf(names.map((name) => ({ request: SITUATIONS[name], scene }))),
});
const isHeld = (name: Situation) => ['granting', 'active', 'ending'].includes(SITUATIONS[name].state);
const isPast = (name: Situation) => !isHeld(name) && name !== 'pending';

export const HOMES: readonly Sample[] = [
  sample('home', home, 'empty', EMPTY),
  sample('home', home, 'full', full),
  sample('home', home, 'paged', paged),
  sample('home', home, 'held', held(...SITUATION_NAMES.filter(isHeld))),
  sample('home', home, 'heldEmergency', {
    ...EMPTY,
    held: pageOf([{ request: facts.emergency(SITUATIONS.active), scene: facts.reviewed }]),
  }),
  sample('home', home, 'heldExtensionAsked', {
    ...EMPTY,
    held: pageOf([{ request: facts.extensionAsk, scene }]),
  }),
  sample('home', home, 'asked', {
    ...EMPTY,
    asked: pageOf(SITUATION_NAMES.filter(isPast).map((name) => ({ request: SITUATIONS[name], scene }))),
  }),
  sample('home', home, 'waiting', {
    ...EMPTY,
    asked: pageOf([
      { request: SITUATIONS.pending, scene },
      { request: facts.needsTwoMore, scene: { ...scene, pause: facts.PAUSE } },
    ]),
  }),
  sample('home', home, 'toDecide', {
    ...EMPTY,
    decide: pageOf([
      { request: SITUATIONS.pending, scene: facts.offering, preview: facts.PREVIEW, cardUrl: null },
      { request: facts.needsTwoMore, scene: facts.offering, preview: facts.DANGEROUS, cardUrl: null },
      { request: facts.extensionAsk, scene, preview: null, cardUrl: null },
    ]),
  }),
  sample('home', home, 'operatorFiltered', {
    ...full,
    operators: { ...operators, instance: { key: 'shop', targetName: 'Shop' }, person: 'U0BO' },
  }),
  sample('home', home, 'notice', { ...EMPTY, notice: pausedAlready() }),
  sample('home', home, 'guest', { ...EMPTY, unfit: notEligible('guest'), mayAsk: null }),
  sample('home', home, 'groupUnread', { ...EMPTY, unread: groupsNotSaid([facts.DBA], facts.UNSAID) }),
  sample('home', home, 'nothingToAskFor', {
    ...EMPTY,
    mayAsk: { instances: [], why: nothingOffered(), command: '/request', choices: 0 },
  }),
  sample('home', unreadHome, null, null),
];
