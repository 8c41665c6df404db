/** The forms that people fill in. */
import { denyForm, nothingToDeny } from '../../../src/surfaces/forms/deny-form.js';
import { emergencyModal, emergencyRefused, judgeModal } from '../../../src/surfaces/forms/emergency-forms.js';
import * as words from '../../../src/surfaces/forms/form-words.js';
import { offered } from '../../../src/surfaces/forms/offers.js';
import { pauseForm } from '../../../src/surfaces/forms/pause-form.js';
import { type Form, requestModal } from '../../../src/surfaces/forms/request-form.js';
import { asIn } from '../../../src/surfaces/forms/typed-words.js';
import { asks, usualAnswer } from '../../../src/surfaces/forms/who-is-asked.js';
import { formWhilePaused, noEmergencyWhilePaused } from '../../../src/surfaces/operators/pause.js';
import { cantBeDecided } from '../../../src/surfaces/request/who-decides.js';
import { aPolicy } from '../../domain/a-policy.js';
import { ANA, SITUATIONS, scene } from '../samples.js';
import * as facts from './facts.js';
import { type Sample, sample } from './sample.js';

const { HOUR, MINUTE, DBA, SECURITY, SRE } = facts;

const empty: Form = {
  ...{ channel: 'C0ACCESS', target: null, role: null, login: null, notice: null, preview: null },
  ...{ offers: [], asks: [], elsewhere: [], emergency: null, reasonRequired: true, reasonRule: null },
  ...{ durationsMs: [30 * MINUTE, HOUR, 4 * HOUR], defaultMs: HOUR, maxMs: 4 * HOUR },
  typed: { durationMs: null, reason: null },
};
const targetChosen: Form = {
  ...empty,
  target: { key: 'shop-prod', name: 'Shop', environment: 'production' },
  login: 'ana_login',
  elsewhere: ['C0SHOP'],
};
const policy = aPolicy({
  approvals: [{ from: [DBA], count: 1 }],
  more: [{ overMs: 2 * HOUR, danger: null, rule: { from: [SRE], count: 1 } }],
  onCall: { schedules: ['P1'], escalationPolicies: [], slackGroups: [], maxMs: HOUR, maxDanger: null },
  maxMs: 4 * HOUR,
});
const roleChosen: Form = {
  ...targetChosen,
  elsewhere: [],
  role: { role: 'orders_write', about: 'Change orders' },
  preview: facts.PREVIEW,
  asks: [asks(policy, 'write').join('\n'), usualAnswer(6 * MINUTE)],
  emergency: { maxMs: HOUR, review: [SECURITY] },
};
const gives = { targetName: 'Shop', role: 'orders_read', words: 'reads billing.invoices and 41 more' };
const stronger = { ...gives, role: 'orders_write', words: 'reads billing.invoices and 41 more; writes 3' };
const denying = {
  ...{ requestId: 'R-1042', clicked: { channel: 'C0ACCESS', ts: '1795226400.000100' } },
  ...{ what: { request: SITUATIONS.pending, where: scene }, reasonRequired: true, notice: null },
};
const glass = {
  ...{ scene, role: 'orders_write', login: 'ana_login', durationMs: HOUR, reason: 'Checkout is down' },
  ...{ review: [SECURITY], channels: ['C0ACCESS', 'C0OPS'], isPaged: true, kept: '{}' },
};
const used = facts.emergency(SITUATIONS.active);

export const FORMS: readonly Sample[] = [
  sample('forms', requestModal, 'empty', empty),
  sample('forms', requestModal, 'targetChosen', targetChosen),
  sample('forms', requestModal, 'roleChosen', roleChosen),
  sample('forms', requestModal, 'dangerous', {
    ...roleChosen,
    preview: facts.DANGEROUS,
    reasonRule: { pattern: '[A-Z]+-[0-9]+', hint: 'The ticket, like OPS-123', link: null },
  }),
  sample('forms', requestModal, 'predefinedRole', {
    ...roleChosen,
    ...{ role: { role: 'pg_read_all_data', about: null }, preview: null },
  }),
  sample('forms', requestModal, 'typed', {
    ...roleChosen,
    notice: asIn('R-1042'),
    typed: { durationMs: 90 * MINUTE, reason: 'Ticket 812: orders are stuck' },
  }),
  sample('forms', requestModal, 'offered', {
    ...targetChosen,
    offers: [offered('billing.invoices', [gives, stronger], true)],
  }),
  sample('forms', requestModal, 'offeredOnSeveral', {
    ...empty,
    offers: [offered('billing.invoices', [gives, { ...gives, targetName: 'Reporting' }], false)],
  }),
  sample('forms', requestModal, 'notHere', { ...targetChosen, notice: words.notHere('orders_write') }),
  sample('forms', requestModal, 'paused', { ...roleChosen, notice: formWhilePaused(facts.PAUSE) }),
  sample('forms', requestModal, 'nobodyDecides', {
    ...roleChosen,
    asks: [cantBeDecided([{ approver: DBA, because: 'requester', fix: null }], ANA, ANA)],
  }),
  sample('forms', denyForm, 'reasonRequired', denying),
  sample('forms', denyForm, 'extension', {
    ...denying,
    what: { request: facts.extensionAsk, where: scene },
    reasonRequired: false,
  }),
  sample('forms', denyForm, 'notNow', { ...denying, notice: 'Slack didn’t answer. Try again in a minute.' }),
  sample('forms', nothingToDeny, null, 'R-1042', 'R-1042 was already approved by <@U0BO>.'),
  sample('forms', emergencyModal, null, glass),
  sample('forms', emergencyRefused, null, noEmergencyWhilePaused(facts.PAUSE)),
  sample('forms', judgeModal, 'justified', used, 'justified', scene, '{}'),
  sample('forms', judgeModal, 'notJustified', used, 'not_justified', scene, '{}'),
  sample('forms', pauseForm, 'everywhere', null, null),
  sample('forms', pauseForm, 'onOne', 'shop-prod', 'Shop'),
];
