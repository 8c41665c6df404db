/** What forms say beside their fields, in their notice and in their menus; plain text. */
import * as byObject from '../../../src/surfaces/forms/by-object.js';
import * as words from '../../../src/surfaces/forms/form-words.js';
import * as pauseWords from '../../../src/surfaces/forms/pause-form.js';
import * as typed from '../../../src/surfaces/forms/typed-words.js';
import { usualAnswer } from '../../../src/surfaces/forms/who-is-asked.js';
import { formWhilePaused, noEmergencyWhilePaused } from '../../../src/surfaces/operators/pause.js';
import { SITUATIONS } from '../samples.js';
import * as facts from './facts.js';
import { type Sentence, sentence } from './sample.js';

const { DBA, SRE, UNSAID, OPERATORS, HOUR, MINUTE } = facts;
const gift: byObject.SaidGift = {
  ...{ kind: 'relation', schema: 'billing', name: 'invoices', database: null, whole: true },
  ...{ columns: 0, read: 42, write: 3, own: 0 },
};
const none = { isOperator: false, isAll: true, isName: true };
const rule = { pattern: '[A-Z]+-[0-9]+', hint: 'The ticket, like OPS-123', link: null };
const limits = { pendingPerPerson: 5, requestsPerMinute: 10 };

const ACCOUNTS = ['guest', 'deactivated', 'foreign', 'bot'] as const;
export const FORM_WORDS: readonly Sentence[] = [
  ...ACCOUNTS.map((why) => sentence('forms', words.notEligible, why, why)),
  sentence('forms', words.personUnreadable, 'it passes', null),
  sentence('forms', words.personUnreadable, 'it stays', UNSAID),
  sentence('forms', words.cantBeTold, null, UNSAID),
  sentence('forms', words.nothingOffered, null),
  sentence('forms', words.noLoginAnywhere, null),
  sentence('forms', words.nothingFor, null, 'Shop'),
  sentence('forms', words.nothingHere, null, 'Shop'),
  sentence('forms', words.instanceUnknown, null, 'shpo', ['shop-prod', 'reporting']),
  sentence('forms', words.roleUnknown, null, 'orders_raed', 'Shop', ['orders_read']),
  sentence('forms', words.targetGone, null, 'shop-prod'),
  sentence('forms', words.roleGone, null, 'orders_write', 'Shop'),
  sentence('forms', words.tooMany, 'waiting', 'too_many_pending', limits),
  sentence('forms', words.tooMany, 'in a minute', 'too_many_requests', limits),
  sentence('forms', words.loginUnread, null, 'Shop'),
  sentence('forms', words.targetMissing, null),
  sentence('forms', words.roleMissing, null),
  sentence('forms', words.targetNotOffered, null, 'shop-prod'),
  sentence('forms', words.roleNotOffered, null, 'orders_write', 'Shop'),
  sentence('forms', words.notARequester, null, 'orders_write', [SRE]),
  sentence('forms', words.requesterUnknown, null, 'orders_write', [SRE], UNSAID),
  sentence('forms', words.notHere, null, 'orders_write'),
  sentence('forms', words.wrongChannel, null, 'orders_write', ['C0ACCESS']),
  sentence('forms', words.rolesHidden, null, [SRE], UNSAID),
  sentence('forms', words.rolesUnread, null, 'Shop'),
  sentence('forms', words.roleUnsure, null, 'orders_write', 'Shop'),
  sentence('forms', words.notGranting, null, 'Shop'),
  sentence('forms', words.serverProblem, null, 'orders_write', 'Shop', 'role "orders_write" does not exist'),
  sentence(
    ...(['forms', words.cannotEnter, 'fixed by SQL', 'orders_write', 'Shop'] as const),
    'its login may not connect to database “shop”.',
    'GRANT CONNECT ON DATABASE shop TO ana_login;',
  ),
  sentence('forms', words.setRoleFirst, null, 'orders_write', 'ana_login', 'Shop'),
  sentence('forms', words.alreadyHeld, 'directly', 'ana_login', null),
  sentence('forms', words.alreadyHeld, 'through another', 'ana_login', 'orders_admin'),
  sentence('forms', words.alreadyAsked, 'it waits', SITUATIONS.pending),
  sentence('forms', words.alreadyAsked, 'being granted', SITUATIONS.granting),
  sentence('forms', words.alreadyAsked, 'granted', SITUATIONS.active),
  sentence('forms', words.alreadyAsked, 'being revoked', SITUATIONS.endingRelinquished),
  sentence('forms', words.grantedThroughAnotherAccount, null, 'ana_login'),
  sentence('forms', words.durationMissing, null),
  sentence('forms', words.durationUnreadable, null),
  sentence('forms', words.durationTooLong, null, 4 * HOUR),
  sentence('forms', words.emergencyTooLong, null, HOUR),
  sentence('forms', words.notForEmergency, null, 'orders_write', [SRE]),
  sentence('forms', words.noEmergency, null, 'orders_write'),
  sentence('forms', words.emergencyUnknown, null, [SRE], UNSAID),
  sentence('forms', words.reasonUnkept, null),
  sentence('forms', words.reasonMissing, null),
  sentence('forms', words.denyReasonMissing, null),
  sentence('forms', words.reasonTooLong, null, 500),
  sentence('forms', words.reasonUnfit, 'in words', rule),
  sentence('forms', words.reasonUnfit, 'pattern', { ...rule, hint: null }),
  sentence('forms', typed.whichInstance, null, ['Shop', 'Shop staging']),
  sentence('forms', typed.onlyInstance, null, 'Shop'),
  sentence('forms', typed.whichRole, null, ['orders_read', 'orders_write']),
  sentence('forms', typed.durationUnclear, 'read in two ways', '1m', true),
  sentence('forms', typed.durationUnclear, 'not read', '2 fortnights', false),
  sentence('forms', typed.asIn, null, 'R-1042'),
  sentence('forms', typed.againThere, null, '/request', 'R-1042'),
  sentence('forms', usualAnswer, null, 6 * MINUTE),
  sentence('operators', formWhilePaused, null, facts.PAUSE),
  sentence('operators', noEmergencyWhilePaused, null, facts.PAUSE),
  sentence('forms', byObject.giftWords, 'a table', gift, null),
  sentence(
    'forms',
    byObject.giftWords,
    'a schema',
    { ...gift, kind: 'schema', schema: null, name: 'billing' },
    null,
  ),
  sentence('forms', byObject.nothingGives, 'a name', ['Shop'], [DBA], none),
  sentence('forms', byObject.nothingGives, 'an error', ['Shop'], OPERATORS, {
    ...none,
    isAll: false,
    isName: false,
  }),
  sentence('forms', byObject.nothingGives, 'operator', ['Shop'], OPERATORS, { ...none, isOperator: true }),
  sentence('forms', byObject.openToAll, null, gift, 'Shop'),
  sentence('forms', byObject.objectsUnread, 'one', ['Shop']),
  sentence('forms', byObject.objectsUnread, 'several', ['Shop', 'Reporting']),
  sentence('forms', pauseWords.pauseReasonMissing, null),
  sentence('forms', pauseWords.onlyOperators, null),
  sentence('forms', pauseWords.noSuchInstance, null),
  sentence('forms', pauseWords.pausedAlready, null),
  sentence('forms', pauseWords.notPaused, null),
  sentence('forms', pauseWords.stillPaused, null),
  sentence('forms', pauseWords.operatorsUnread, null),
];
