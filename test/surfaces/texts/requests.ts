/** What requesters and approvers read of a request. */

import { preparedLeft } from '../../../src/surfaces/kit/prepared.js';
import { line } from '../../../src/surfaces/kit/shrunk.js';
import { strayForHolder, strayForOperators } from '../../../src/surfaces/request/came-back.js';
import { type CardFacts, card } from '../../../src/surfaces/request/card.js';
import { note, status } from '../../../src/surfaces/request/direct.js';
import {
  anchorForged,
  anchorGarbled,
  ledgerDoubted,
  notInTheLedger,
} from '../../../src/surfaces/request/doubt.js';
import { reminder, stepLine, undecided } from '../../../src/surfaces/request/ladder.js';
import { leftBehind } from '../../../src/surfaces/request/left-behind.js';
import type { NoteKind } from '../../../src/surfaces/request/note-kinds.js';
import {
  approversChanged,
  extensionAskedNote,
  nobodyDecides,
} from '../../../src/surfaces/request/who-decides.js';
import { ANA, SITUATION_NAMES, SITUATIONS, type Situation, scene } from '../samples.js';
import * as facts from './facts.js';
import { type Sample, sample } from './sample.js';

const PLAIN: CardFacts = { first: true, preview: null, missing: [] };
const SEEN: CardFacts = { ...PLAIN, preview: facts.PREVIEW };
const { offering, reviewed } = facts;
const { pending, granting, active, expired } = SITUATIONS;
const ofOnCall = {
  ...pending,
  onCallNote: 'ana is on the schedule, but the role can do more than on call allows.',
};

const cards: readonly Sample[] = [
  ...SITUATION_NAMES.map((name) => sample('request', card, name, SITUATIONS[name], scene, PLAIN)),
  sample('request', card, 'pendingWithPreview', pending, offering, SEEN),
  sample('request', card, 'pendingDangerous', pending, offering, { ...PLAIN, preview: facts.DANGEROUS }),
  sample('request', card, 'pendingUnread', pending, offering, {
    ...PLAIN,
    preview: { ok: false, why: 'connection refused' },
  }),
  sample('request', card, 'pendingSessionsStay', pending, offering, {
    ...SEEN,
    missing: ['pg_signal_backend'],
  }),
  sample('request', card, 'pendingNeedsThree', facts.needsThree, offering, SEEN),
  sample('request', card, 'pendingNeedsTwoMore', facts.needsTwoMore, offering, SEEN),
  sample('request', card, 'pendingReminded', pending, { ...offering, told: facts.TOLD }, SEEN),
  sample('request', card, 'pendingPaused', pending, { ...offering, pause: facts.PAUSE }, SEEN),
  sample('request', card, 'pendingNotOnCall', ofOnCall, offering, SEEN),
  sample('request', card, 'pendingNoReason', { ...pending, reason: '' }, offering, SEEN),
  sample(
    'request',
    card,
    'pendingLinked',
    pending,
    { ...offering, reasonLink: { text: 'OPS-812', url: 'https://jira.example/OPS-812' } },
    SEEN,
  ),
  sample('request', card, 'pendingAskedDirectly', facts.asking({ directly: ['U0BO'] }), offering, SEEN),
  sample('request', card, 'pendingNobody', facts.asking({ nobody: facts.NOBODY }), offering, SEEN),
  sample('request', card, 'pendingRepeatLost', pending, { ...facts.repeatLost }, SEEN),
  sample('request', card, 'grantingPaused', granting, { ...scene, pause: facts.PAUSE }, PLAIN),
  sample('request', card, 'activeExtensionAsked', facts.extensionAsk, scene, PLAIN),
  sample('request', card, 'activeRepeatable', active, facts.repeatable, PLAIN),
  sample('request', card, 'activeRepeated', active, facts.repeated, PLAIN),
  sample('request', card, 'emergency', facts.emergency(active), reviewed, SEEN),
  sample('request', card, 'emergencyJudged', facts.emergency(expired, facts.JUSTIFIED), reviewed, PLAIN),
  sample('request', card, 'expiredCameBack', expired, facts.withStray(facts.STRAY), PLAIN),
];

const statuses: readonly Sample[] = [
  ...SITUATION_NAMES.map((name) => sample('request', status, name, SITUATIONS[name], scene)),
  sample('request', status, 'pendingNeedsTwoMore', facts.needsTwoMore, scene),
  sample('request', status, 'pendingReminded', pending, { ...scene, told: facts.TOLD }),
  sample('request', status, 'pendingPaused', pending, { ...scene, pause: facts.PAUSE }),
  sample(
    'request',
    status,
    'pendingUnshown',
    facts.asking({ unshown: facts.UNSHOWN, directly: ['U0BO'] }),
    scene,
  ),
  sample('request', status, 'pendingNobody', facts.asking({ nobody: facts.NOBODY }), scene),
  sample('request', status, 'grantingPaused', granting, { ...scene, pause: facts.PAUSE }),
  sample('request', status, 'emergencyNotGranted', facts.emergency(SITUATIONS.failed), reviewed),
  sample('request', status, 'expiredCameBack', expired, facts.withStray(facts.STRAY)),
];

/** Each note with what it is sent about. */
const OF_NOTES: readonly (readonly [NoteKind, Situation])[] = [
  ['denied', 'deniedBecause'],
  ['withdrawn', 'withdrawnByOperator'],
  ['lapsed', 'lapsed'],
  ['failed', 'failed'],
  ['ended', 'expired'],
  ['extended', 'extended'],
  ['not_extended', 'notExtended'],
];
const denial = { by: 'U0BO', because: 'The migration is done.' };
const notes: readonly Sample[] = [
  sample('request', note, 'granted', 'granted', active, scene),
  sample('request', note, 'grantedOnCall', 'granted', SITUATIONS.activeOnCall, scene),
  sample('request', note, 'grantedSetRoleFirst', 'granted', facts.idling, {
    ...scene,
    setRoleFirst: true,
    asUrl: true,
  }),
  sample('request', note, 'grantedEmergency', 'granted', facts.emergency(active), reviewed),
  sample('request', note, 'grantedRepeated', 'granted', active, facts.repeated),
  ...OF_NOTES.map(([kind, of]) => sample('request', note, noteName(kind), kind, SITUATIONS[of], scene)),
  sample('request', note, 'endedIdle', 'ended', SITUATIONS.idle, scene),
  sample('request', note, 'endedByApprover', 'ended', SITUATIONS.endedBy, scene),
  sample('request', note, 'expiring', 'expiring', active, facts.inSession),
  sample('request', note, 'expiringUnused', 'expiring', active, facts.NO_SESSION),
  sample('request', note, 'expiringAsked', 'expiring', facts.extensionAsk, scene),
  sample('request', note, 'closing', 'closing', active, facts.inSession),
  sample('request', note, 'unused', 'unused', active, scene),
  sample('request', note, 'idle', 'idle', facts.idling, scene),
  sample('request', note, 'extensionDenied', 'extension_denied', active, { ...scene, denial }),
  sample('request', note, 'judged', 'judged', facts.emergency(expired, facts.NOT_JUSTIFIED), reviewed),
  sample('request', note, 'judgedJustified', 'judged', facts.emergency(active, facts.JUSTIFIED), reviewed),
];

function noteName(kind: NoteKind): string {
  return kind.replace('_', '-');
}

const [reminded, escalated, paged] = facts.TOLD;
if (reminded === undefined || escalated === undefined || paged === undefined) throw new Error('no steps');
const undecidedFor = { request: pending, targetName: 'Shop', afterMs: facts.HOUR };
const change = { database: 'shop', what: 'table orders.copy, owner ana_login', names: 'login' } as const;

export const REQUESTS: readonly Sample[] = [
  ...cards,
  ...statuses,
  ...notes,
  sample('request', reminder, 'inChannel', pending, reminded, null),
  sample('request', reminder, 'inOwnCopy', pending, reminded, 'U0BO'),
  sample('request', reminder, 'toOthers', pending, escalated, null),
  ...[reminded, escalated, paged].map((step, i) =>
    sample('request', stepLine, ['reminded', 'escalated', 'paged'][i] ?? '', pending, step),
  ),
  sample('request', undecided, null, undecidedFor),
  sample('request', leftBehind, 'nothing', expired, scene, { total: 0, facts: [], unread: [] }),
  sample('request', leftBehind, 'changes', expired, scene, {
    total: 9,
    facts: [change, { ...change, what: 'function public.tmp()', names: null }],
    unread: [{ name: 'audit', why: 'permission denied' }],
  }),
  sample('request', approversChanged, null, facts.asking({ approvers: [facts.SRE] }), scene),
  sample('request', extensionAskedNote, 'open', facts.extensionAsk, scene),
  sample('request', extensionAskedNote, 'over', expired, scene),
  sample('request', nobodyDecides, null, { request: pending, targetName: 'Shop', nobody: facts.NOBODY }),
  ...Object.entries(facts.STRAYS).flatMap(([name, stray]) => [
    sample('request', strayForOperators, name, stray, 'Shop'),
    sample('request', strayForHolder, name, stray, 'Shop'),
  ]),
  sample('request', ledgerDoubted, 'restored', { ...facts.SHOP, remembered: 812, here: 640 }),
  sample('request', ledgerDoubted, 'another', { ...facts.SHOP, remembered: 640, here: 640 }),
  sample('request', anchorForged, null, facts.SHOP),
  sample('request', anchorGarbled, null, facts.SHOP),
  sample('request', notInTheLedger, null, { ...facts.SHOP, ...facts.PAIR }),
  sample('kit', preparedLeft, null, expired, scene, ['batch-7', 'batch-8']),
  sample('kit', line, 'active', active, scene, ANA),
  sample('kit', line, 'denied', SITUATIONS.denied, scene, null),
];
