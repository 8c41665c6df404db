/** What one person reads of what they typed or clicked. */
import * as answers from '../../../src/surfaces/answers/answers.js';
import * as mine from '../../../src/surfaces/answers/mine.js';
import * as reviewer from '../../../src/surfaces/answers/reviewer-answers.js';
import { turnedAway } from '../../../src/surfaces/answers/turned-away.js';
import * as typed from '../../../src/surfaces/answers/typed.js';
import { noSuchInstance, whoHolds } from '../../../src/surfaces/answers/who.js';
import * as homeWords from '../../../src/surfaces/home/unsaid.js';
import { emergencySummary } from '../../../src/surfaces/operators/emergencies.js';
import { ledgerUnreadableSummary } from '../../../src/surfaces/operators/ledger.js';
import { overdueSummary } from '../../../src/surfaces/operators/overdue.js';
import * as pause from '../../../src/surfaces/operators/pause.js';
import {
  nobodyToTellWarning,
  shutWarning,
  undecidableWarning,
} from '../../../src/surfaces/operators/shut-places.js';
import { undecidedSummary } from '../../../src/surfaces/request/ladder.js';
import * as repeat from '../../../src/surfaces/request/repeat.js';
import { BO, SITUATIONS, scene } from '../samples.js';
import * as facts from './facts.js';
import { type Sample, type Sentence, sample, sentence } from './sample.js';

const { DBA, OPERATORS, PAUSE, UNSAID, HOUR, MINUTE } = facts;
const { pending, granting, active, extended, expired, denied, withdrawn, lapsed } = SITUATIONS;

const own = [active, pending, granting].map((request, i) => ({
  request: { ...request, id: 1042 + i },
  where: scene,
}));
const shop = { key: 'shop-prod', where: scene };
const help = {
  ...{ command: '/request', instances: ['shop-prod', 'reporting'], why: null, isOperator: false },
  example: 'shop-prod orders_read 1h',
};

export const ANSWERS: readonly Sample[] = [
  sample('answers', mine.mine, 'several', '/request', own, own.length),
  sample('answers', mine.mine, 'nothing', '/request', [], 0),
  sample('answers', mine.mine, 'tooMany', '/request', own, 52),
  sample('answers', mine.whichOne, null, own.slice(0, 2), 2),
  sample('answers', mine.relinquishing, null, { request: active, where: scene }),
  sample('answers', mine.nothingToRelinquish, 'nothingHeld', '', []),
  sample('answers', mine.nothingToRelinquish, 'another', 'orders_raed', ['orders_read', 'orders_write']),
  sample('answers', mine.noSuchRequest, null, 'R-7'),
  sample('answers', mine.nothingToRepeat, null, '/request'),
  sample('answers', whoHolds, 'everywhere', '/request', null, own, own.length),
  sample('answers', whoHolds, 'onOne', '/request', shop, own, own.length),
  sample('answers', whoHolds, 'nothing', '/request', shop, [], 0),
  sample('answers', whoHolds, 'tooMany', '/request', null, own, 52),
  sample('answers', noSuchInstance, null, 'shpo', ['shop-prod', 'reporting']),
  sample('answers', typed.help, 'requester', help),
  sample('answers', typed.help, 'operator', { ...help, isOperator: true }),
  sample('answers', typed.help, 'nothingToAskFor', {
    ...{ ...help, example: null, instances: [] },
    why: 'There’s nothing here you can request yet. A Hallpass operator can change that.',
  }),
  sample('answers', typed.howToType, 'mine', '/request', 'mine', false),
  sample('answers', typed.howToType, 'instanceOfThatName', '/request', 'help', true),
  sample('answers', typed.notRequested, null, '“orders_write” isn’t a role you can request on “Shop”.'),
  sample('answers', typed.requested, null),
  sample('answers', typed.noRoleFor, null, 'No role you can request on “Shop” gives what that needs.'),
  sample('answers', typed.slow, null, '/request'),
  sample('answers', typed.stillAtIt, null, '/request'),
  sample('answers', typed.noErrorFound, null, '/request'),
];

const refusal = (state: string, code: Parameters<typeof answers.refused>[0]['code'], request = pending) =>
  sentence('answers', answers.refused, state, { code, request }, BO);

const orphan = { target: 'shop-prod', ...facts.PAIR, settledBy: null };

const toAClick: readonly Sentence[] = [
  refusal('approved before', 'not_pending', active),
  refusal('approved by the on-call rule', 'not_pending', SITUATIONS.activeOnCall),
  refusal('denied before', 'not_pending', denied),
  refusal('canceled before', 'not_pending', withdrawn),
  refusal('canceled by an operator', 'not_pending', SITUATIONS.withdrawnByOperator),
  refusal('lapsed', 'too_late', lapsed),
  refusal('its time is up', 'too_late', active),
  refusal('it waits', 'not_granted'),
  refusal('it is over', 'not_granted', expired),
  refusal('it ends already', 'already_ending', SITUATIONS.endingRelinquished),
  refusal('nothing to add', 'no_longer', extended),
  refusal('asked to extend', 'already_asked', facts.extensionAsk),
  refusal('changed meanwhile', 'stale', active),
  sentence('answers', answers.notApprover, null, pending, [DBA]),
  sentence('answers', answers.notForSoLong, null, pending, 30 * MINUTE),
  sentence('answers', answers.ownRequest, null, pending, [DBA]),
  sentence('answers', answers.alreadyApproved, 'the same account', facts.needsTwoMore, 'approved'),
  sentence('answers', answers.alreadyApproved, 'another account', facts.needsTwoMore, 'twin'),
  sentence('answers', answers.noMoreExtensions, 'times', { ...extended, extensions: 2 }, 'times'),
  sentence('answers', answers.noMoreExtensions, 'total', extended, 'total'),
  sentence('answers', answers.sameLogin, null, pending, [DBA]),
  sentence('answers', answers.groupUnreadable, 'it passes', [DBA], null),
  sentence('answers', answers.groupUnreadable, 'it stays', [DBA], UNSAID),
  sentence('answers', answers.sameEmail, null, pending, [DBA]),
  sentence('answers', answers.notRequester, null, active),
  sentence('answers', answers.mayNotEnd, null, [DBA], OPERATORS),
  sentence('answers', answers.loginChanged, 'approve', pending, 'approve'),
  sentence('answers', answers.loginChanged, 'extend', active, 'extend'),
  sentence('answers', answers.requesterChanged, 'approve', pending, [facts.SRE], 'approve'),
  sentence('answers', answers.requesterChanged, 'extend', active, [facts.SRE], 'extend'),
  sentence('answers', answers.requesterUnreadable, null, pending, [facts.SRE], UNSAID),
  sentence('answers', answers.channelChanged, null, pending, ['C0ACCESS'], 'approve'),
  sentence(
    'answers',
    answers.tooDangerous,
    null,
    pending,
    '“orders_write” can administer the server',
    'approve',
  ),
  sentence('answers', answers.loginUnclear, null, pending, 'approve'),
  sentence('answers', answers.loginUnread, null, pending),
  sentence('answers', answers.notOfferedAnyMore, 'approve', pending, 'approve'),
  sentence('answers', answers.notOfferedAnyMore, 'extend', active, 'extend'),
  sentence('answers', answers.mayNotOperate, null, OPERATORS),
  sentence('answers', answers.unknownOrphan, null, 'O-12'),
  sentence('answers', answers.orphanSettled, 'gone', orphan),
  sentence('answers', answers.orphanSettled, 'revoked', { ...orphan, settledBy: 'U0OLGA' }),
  sentence('answers', answers.orphanExplained, null, orphan, active),
  sentence('answers', answers.targetLeft, null, orphan),
  sentence('answers', answers.orphanGoing, null, orphan),
  sentence('answers', answers.unknownRequest, null, 'R-7'),
  sentence('operators', pause.approvedWhilePaused, null, granting, PAUSE),
  sentence('operators', pause.notExtendedWhilePaused, null, active, PAUSE),
];

const judged = facts.emergency(expired, facts.JUSTIFIED);
const toAReviewer: readonly Sentence[] = [
  sentence('answers', reviewer.wordsMissing, null, 500),
  sentence('answers', reviewer.unknown, null),
  sentence('answers', reviewer.notReviewer, null, judged, [facts.SECURITY]),
  sentence('answers', reviewer.ownEmergency, null, judged, [facts.SECURITY]),
  sentence('answers', reviewer.reviewersUnread, null, [facts.SECURITY], UNSAID),
  sentence('answers', reviewer.judgedAlready, 'by somebody', judged, BO),
  sentence('answers', reviewer.judgedAlready, 'nothing granted', SITUATIONS.failed, BO),
];

const TURNED = ['malformed_payload', 'foreign_workspace', 'foreign_app', 'altered_form', 'unknown'] as const;
const rest: readonly Sentence[] = [
  ...TURNED.map((why) => sentence('answers', turnedAway, why.replace('_', ' '), why, '/request')),
  sentence('home', homeWords.personNotSaid, 'it passes', null),
  sentence('home', homeWords.personNotSaid, 'it stays', UNSAID),
  sentence('home', homeWords.groupsNotSaid, null, [DBA], null),
];

const onTheSameAgain: readonly Sentence[] = [
  sentence('request', repeat.notOffered, null, active),
  sentence('request', repeat.notToRepeat, 'by a rule', SITUATIONS.activeOnCall, BO),
  sentence('request', repeat.notToRepeat, 'over', expired, BO),
  sentence('request', repeat.onlyApprovers, null, active, [BO]),
  sentence('request', repeat.notAllowed, 'never', null),
  sentence('request', repeat.notAllowed, 'for less', 24 * HOUR),
  sentence('request', repeat.notApprovedAgain, 'approver', repeat.canDecideNoMore(['@bo'])),
  sentence('request', repeat.notApprovedAgain, 'too few', repeat.notEnough()),
  sentence('request', repeat.notApprovedAgain, 'policy', repeat.policyForbids(null)),
  sentence('request', repeat.notApprovedAgain, 'policy, for less', repeat.policyForbids(24 * HOUR)),
  sentence('request', repeat.notApprovedAgain, 'left', repeat.accountLeft()),
  sentence('request', repeat.notApprovedNow, 'groups', repeat.groupsUnread(1042)),
  sentence('request', repeat.notApprovedNow, 'danger', repeat.dangerUnread('orders_write', 'no answer')),
  sentence('request', repeat.overAlready, 'time', active, null, BO),
  sentence('request', repeat.overAlready, 'ended', active, facts.ENDED_REPEAT, BO),
  sentence('request', repeat.mayNotEndRepeat, null, active, [DBA], OPERATORS),
];

const toThePager: readonly Sentence[] = [
  sentence('operators', emergencySummary, null, facts.emergency(active), 'Shop'),
  sentence('operators', ledgerUnreadableSummary, null, 'permission denied for table requests'),
  sentence('operators', overdueSummary, null, {
    ...{ ...facts.SHOP, grants: 2, since: facts.at('02:11'), trouble: null, toRevoke: true },
  }),
  sentence('request', undecidedSummary, null, { request: pending, targetName: 'Shop', afterMs: HOUR }),
  sentence('operators', shutWarning, null, {
    ...{ place: 'C0ACCESS', why: 'The bot is not in this channel.', fix: null, waiting: 3 },
  }),
  sentence('operators', nobodyToTellWarning, null, 'C0OPS'),
  sentence('operators', undecidableWarning, null, 2),
];

/** By the file in which they are read together. */
export const SENTENCES: Readonly<Record<string, readonly Sentence[]>> = {
  'to-a-click': toAClick,
  'to-a-reviewer': toAReviewer,
  'on-the-same-again': onTheSameAgain,
  'to-the-pager': toThePager,
  elsewhere: rest,
};
