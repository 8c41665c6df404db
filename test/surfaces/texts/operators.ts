/** What the operators' channel reads. */
import { auditHead, notApproved, requestsAltered } from '../../../src/surfaces/operators/audit.js';
import { configurationRead, configurationRefused } from '../../../src/surfaces/operators/configuration.js';
import { emergencyMessage } from '../../../src/surfaces/operators/emergencies.js';
import { endedByOperator } from '../../../src/surfaces/operators/ended.js';
import { ledgerReadable, ledgerUnreadable } from '../../../src/surfaces/operators/ledger.js';
import { loggedInAgain, loginRefused } from '../../../src/surfaces/operators/login-refused.js';
import * as operators from '../../../src/surfaces/operators/operators.js';
import { overdue, overdueResolved } from '../../../src/surfaces/operators/overdue.js';
import { grantingPaused, grantingResumed } from '../../../src/surfaces/operators/pause.js';
import * as servers from '../../../src/surfaces/operators/servers.js';
import { placeLeft, placeOpen, placeShut } from '../../../src/surfaces/operators/shut-places.js';
import { checking } from '../../../src/surfaces/terminal/check-post.js';
import { SITUATIONS } from '../samples.js';
import * as facts from './facts.js';
import { type Sample, sample } from './sample.js';

const { at, SHOP, PAIR, reviewed } = facts;
const word = { by: 'olga@ops1', because: 'we restore a backup' };
const server = { id: '7300000000000000001', lsn: 5_000 };
const known = { ...server, timeline: 1, startedAt: at('01:00').getTime() * 1_000 };
const seen = { ...server, timeline: 2, startedAt: at('02:00').getTime() * 1_000 };
const one = { id: 1042, target: 'shop-prod', ...PAIR };
const two = { ...one, id: 1043, login: 'bo_login' };
const late = { ...SHOP, grants: 2, since: at('02:11'), trouble: 'connection refused', toRevoke: true };
const shut = { place: 'C0ACCESS', why: 'The bot is not in this channel.', since: at('02:00') };
const hereShut = { ...shut, fix: 'Type there: /invite @hallpass' };
const active = facts.emergency(SITUATIONS.active, { asked: 1 });
const over = facts.emergency(SITUATIONS.expired, facts.NOT_JUSTIFIED);
const judge = (nth: number) => ({ kind: 'judge', key: `judge:${nth}:1042` });
const since = at('01:55');

export const TO_OPERATORS: readonly Sample[] = [
  sample('operators', notApproved, null, SITUATIONS.active),
  sample('operators', auditHead, null, { seq: 812, hash: '9f86d081884c7d65' }, '2026-11-21'),
  sample('operators', requestsAltered, null, [
    { requestId: 1042, says: ['it is denied, and the ledger has it as active'] },
  ]),
  sample('operators', configurationRead, 'changed', {
    ...{ hash: '9f86d081884c7d659a2f', changes: ['3 roles added on Shop'], later: [] },
  }),
  sample('operators', configurationRead, 'later', {
    ...{ hash: '9f86d081884c7d659a2f', changes: ['3 roles added on Shop'], later: ['the port of /metrics'] },
  }),
  sample('operators', configurationRead, 'same', { hash: '9f86d081884c7d659a2f', changes: [], later: [] }),
  sample('operators', configurationRefused, null, 'targets.shop-prod.roles: at least one role is needed'),
  sample('operators', emergencyMessage, 'asks', judge(1), active, reviewed),
  sample(
    'operators',
    emergencyMessage,
    'asksAgain',
    judge(2),
    facts.emergency(SITUATIONS.expired, { asked: 2 }),
    {
      ...reviewed,
    },
  ),
  sample(
    'operators',
    emergencyMessage,
    'askedBefore',
    judge(1),
    { ...over, emergency: { ...facts.NOT_JUSTIFIED, asked: 2 } },
    reviewed,
  ),
  sample('operators', emergencyMessage, 'answered', judge(1), over, reviewed),
  sample(
    'operators',
    emergencyMessage,
    'told',
    { kind: 'emergency', key: 'emergency:1042' },
    active,
    reviewed,
  ),
  sample('operators', emergencyMessage, 'notPaged', { kind: 'emergency', key: 'emergency:1042' }, active, {
    ...reviewed,
    isPaged: false,
  }),
  sample('operators', emergencyMessage, 'misused', { kind: 'misused', key: 'misused:1042' }, over, reviewed),
  sample('operators', endedByOperator, null, {
    grants: [one, two],
    pending: [],
    by: 'olga@ops1',
    because: 'stolen laptop',
  }),
  sample('operators', ledgerUnreadable, null, {
    process: 'web-1',
    since,
    why: 'permission denied for table requests',
  }),
  sample('operators', ledgerReadable, null, { process: 'web-1', since, until: at('02:05') }),
  sample('operators', loginRefused, null, {
    ...{ ...SHOP, since },
    why: 'password authentication failed for user "hallpass"',
    nextStep: 'Check the password in SHOP_PROD_PASSWORD.',
  }),
  sample('operators', loggedInAgain, null, { ...SHOP, since, until: at('02:05') }),
  sample('operators', operators.serverChanged, 'standing', {
    ...{ ...SHOP, expected: server.id, found: '7300000000000000002', standing: ['R-1042'], open: 3 },
  }),
  sample('operators', operators.serverChanged, 'nothingStands', {
    ...{ ...SHOP, expected: server.id, found: '7300000000000000002', standing: [], open: 1 },
  }),
  sample('operators', operators.loginChanged, 'one', { ...SHOP, login: 'hallpass2', open: 1 }),
  sample('operators', operators.loginChanged, 'several', { ...SHOP, login: 'hallpass2', open: 3 }),
  sample('operators', operators.loginDropped, null, {
    ...{ ...SHOP, login: 'hallpass', revokes: ['REVOKE orders_write FROM ana_login;'] },
  }),
  sample('operators', operators.loginShared, 'first', { ...SHOP, login: 'hallpass', first: true }),
  sample('operators', operators.loginShared, 'second', { ...SHOP, login: 'hallpass', first: false }),
  sample('operators', operators.orphanFound, null, { ...SHOP, ...PAIR, id: 12 }),
  sample('operators', operators.manyOrphans, null, {
    ...SHOP,
    found: Array.from({ length: 40 }, () => PAIR),
  }),
  sample('operators', operators.personUnread, null, {
    person: 'U0BO',
    since,
    why: 'The person is not visible to the app.',
  }),
  sample('operators', overdue, 'toRevoke', late),
  sample('operators', overdue, 'sessions', { ...late, grants: 1, toRevoke: false }),
  sample('operators', overdue, 'unknown', { ...late, trouble: null }),
  sample('operators', overdueResolved, null, { ...SHOP, grants: 2, since, resolvedAt: at('02:30') }),
  sample('operators', grantingPaused, 'everywhere', { target: null, ...word }),
  sample('operators', grantingPaused, 'onOne', { target: 'shop-prod', ...word }),
  sample('operators', grantingResumed, 'everywhere', { target: null, ...word, because: null }),
  sample('operators', grantingResumed, 'onOne', {
    target: 'shop-prod',
    ...word,
    because: 'the backup is restored',
  }),
  sample('operators', servers.mayBeACopy, null, { ...SHOP, known, seen, open: 2 }),
  sample('operators', servers.takenForOwn, null, { ...SHOP, known, seen }),
  sample('operators', servers.serverReplaced, 'goOn', { ...SHOP, by: 'olga@ops1', because: null, closed: 0 }),
  sample('operators', servers.serverReplaced, 'closed', {
    ...SHOP,
    ...word,
    because: 'upgrade to 18',
    closed: 2,
  }),
  sample('operators', servers.writtenOff, null, {
    ...SHOP,
    requests: [one],
    ...word,
    because: 'the server is gone',
  }),
  sample('operators', servers.serverMoved, null, {
    ...{ ...SHOP, after: 'a failover from timeline 1 to 2', lost: [PAIR] },
  }),
  sample('operators', placeShut, 'cards', hereShut, 'C0OPS'),
  sample('operators', placeShut, 'operators', { ...hereShut, place: 'C0OPS' }, 'C0OPS'),
  sample(
    'operators',
    placeShut,
    'direct',
    { ...shut, place: 'D', why: 'The Messages tab is off.', fix: null },
    'C0OPS',
  ),
  sample('operators', placeOpen, null, hereShut),
  sample('operators', placeLeft, null, hereShut),
  sample('terminal', checking, null),
];
