/** What the sample texts are about, beside the requests of samples.ts. */
import { type Emergency, UNJUDGED } from '../../../src/domain/policy/emergency.js';
import type { Repeat } from '../../../src/domain/policy/repeat.js';
import { listSchemas, type PreviewResult } from '../../../src/domain/postgres/preview.js';
import { ASKED_AS_MADE, type Asking } from '../../../src/domain/request/asking.js';
import type { ToldStep } from '../../../src/domain/request/escalation.js';
import type { Pause } from '../../../src/domain/request/pause.js';
import type { AccessRequest } from '../../../src/domain/request/request.js';
import type { Stray, StrayEnd } from '../../../src/domain/request/stray.js';
import type { Scene } from '../../../src/surfaces/kit/message.js';
import type { Unsaid } from '../../../src/surfaces/kit/unsaid.js';
import { ANA, BO, SITUATIONS, scene } from '../samples.js';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const CORA = 'U0CORA';
export const DBA = { id: 'S0DBA', name: 'dba' };
export const SECURITY = { id: 'S0SEC', name: 'security' };
export const SRE = { id: 'S0SRE', name: 'sre' };
export const OPERATORS = [{ id: 'U0OLGA', name: 'olga' }];

export const at = (time: string): Date => new Date(`2026-11-21T${time}:00Z`);

/** The target as operators' messages name it. */
export const SHOP = { target: 'shop-prod', targetName: 'Shop' };
export const PAIR = { role: 'orders_write', login: 'ana_login' };

const schema = (name: string, read: number, write: number, newRead: number) => ({
  ...{ name, read, write, owns: 0, newRead, newWrite: write },
});

export const PREVIEW: PreviewResult = {
  ok: true,
  preview: {
    danger: 'write',
    reasons: ['can change the rows of 3 tables'],
    databases: [listSchemas('shop', [schema('orders', 40, 3, 38), schema('payments', 2, 0, 2)])],
    ...{ unread: [], moreUnread: 0, leaks: [] },
  },
};

export const DANGEROUS: PreviewResult = {
  ok: true,
  preview: {
    ...(PREVIEW.ok ? PREVIEW.preview : { reasons: [], databases: [], unread: [], moreUnread: 0, leaks: [] }),
    danger: 'admin',
    reasons: ['is a member of pg_read_server_files', 'has CREATEROLE'],
    unread: [{ name: 'audit', why: 'permission denied' }],
    unreadDanger: 'admin',
    leaks: ['can create functions in public'],
    users: [{ name: 'ci', through: null, revoke: 'REVOKE ana_login FROM ci;' }],
  },
};

/** Longest durations of the policy first shown on the card's menu. */
export const offering: Scene = { ...scene, durationsMs: [30 * MINUTE, HOUR, 4 * HOUR] };

export const TOLD: readonly ToldStep[] = [
  { nth: 1, afterMs: 10 * MINUTE, reminded: [DBA], to: [], page: false },
  { nth: 2, afterMs: 30 * MINUTE, reminded: [], to: [SRE], page: false },
  { nth: 3, afterMs: HOUR, reminded: [], to: [], page: true },
];

export const PAUSE: Pause = {
  target: 'shop-prod',
  by: 'olga@ops1',
  because: 'we restore a backup',
  since: at('01:30'),
};

export const UNSAID: Unsaid = {
  passing: false,
  meaning: 'The app lacks the scope usergroups:read.',
  nextStep: 'add it in the app’s settings and reinstall the app.',
};

const RULES = [
  { from: [DBA], count: 1 },
  { from: [SECURITY], count: 2 },
];
const BY_BO = { by: BO, rule: 0, via: 'S0DBA', at: at('02:05') };

/** One that needs several approvals. */
export const needsThree: AccessRequest = { ...SITUATIONS.pending, rules: RULES, asked: [DBA, SECURITY] };
export const needsTwoMore: AccessRequest = { ...needsThree, approvals: [BY_BO] };

export const extensionAsk: AccessRequest = {
  ...SITUATIONS.active,
  extensionAsk: {
    at: at('02:55'),
    forMs: HOUR,
    rules: [{ from: [DBA], count: 1 }],
    ...{ approvals: [], asked: [DBA] },
  },
};

export const asking = (change: Partial<Asking>): AccessRequest => ({
  ...SITUATIONS.pending,
  asking: { ...ASKED_AS_MADE, ...change },
});
export const NOBODY = [{ approver: DBA, because: 'empty', fix: null }] as const;
export const UNSHOWN = {
  channel: 'C0ACCESS',
  why: 'The bot is not in this channel.',
  fix: 'Type there: /invite @hallpass',
};

export function emergency(of: AccessRequest, said: Partial<Emergency> = {}): AccessRequest {
  return {
    ...of,
    ...{ decidedBy: null, decidedRule: 'break_glass', decidedVia: 'sre', reason: 'Checkout is down' },
    ...{ emergency: { ...UNJUDGED, ...said }, judgeAt: at('02:26') },
  };
}
export const NOT_JUSTIFIED: Emergency = {
  ...{ verdict: 'not_justified', by: CORA, words: 'Nobody had asked the on-call DBA.', asked: 1 },
};
export const JUSTIFIED: Emergency = {
  ...{ verdict: 'justified', by: CORA, words: 'Checkout was down, thanks.', asked: 1 },
};
export const reviewed = { ...scene, reviewers: [SECURITY], isPaged: true };

const REPEAT: Repeat = {
  ...{
    id: 7,
    requestId: 1042,
    requester: ANA,
    target: 'shop-prod',
    role: 'orders_write',
    login: 'ana_login',
  },
  ...{
    maxMs: HOUR,
    approver: BO,
    createdAt: at('02:20'),
    until: new Date('2026-11-22T23:00:00Z'),
    end: null,
  },
};
export const ENDED_REPEAT: Repeat = {
  ...REPEAT,
  end: { at: at('02:50'), by: null, because: 'Bo can no longer approve it' },
};
const again = (change: Partial<NonNullable<Scene['again']>>): Scene => ({
  ...scene,
  again: { repeatMs: 7 * DAY, made: null, lost: null, ...change },
});
export const repeatable = again({});
export const repeated = again({ made: REPEAT });
export const repeatLost = again({ lost: ENDED_REPEAT });

export const STRAY: Stray = {
  ...{ id: 3, kind: 'leftover', target: 'shop-prod', ...PAIR },
  request: { id: 1042, requester: ANA, endedAt: at('03:12') },
  ...{ orphanId: null, askedBy: null, because: null },
  ...{ absentAt: at('03:55'), foundAt: at('04:00'), sessions: 'auto', trouble: null, end: null },
};
const GONE: StrayEnd = { at: at('04:01'), outcome: 'revoked', closed: 2, prepared: [], wantedBy: null };
export const STRAYS: Readonly<Record<string, Stray>> = {
  cameBack: STRAY,
  cameBackBlocked: { ...STRAY, trouble: 'connection refused' },
  cameBackRevoked: { ...STRAY, end: { ...GONE, prepared: ['batch-7'] } },
  cameBackKnown: { ...STRAY, because: 'The server failed over to a standby that had missed the REVOKE.' },
  cameBackWanted: { ...STRAY, end: { ...GONE, outcome: 'wanted', wantedBy: 1050 } },
  late: { ...STRAY, kind: 'late' },
  lateRevoked: { ...STRAY, kind: 'late', end: GONE },
  unexplained: { ...STRAY, kind: 'orphan', request: null, orphanId: 12, askedBy: 'U0OLGA' },
  unexplainedRevoked: { ...STRAY, kind: 'orphan', request: null, orphanId: 12, askedBy: 'U0OLGA', end: GONE },
  unexplainedByConfiguration: { ...STRAY, kind: 'orphan', request: null, orphanId: 12 },
  unexplainedWanted: {
    ...STRAY,
    ...{ kind: 'orphan', request: null, orphanId: 12, askedBy: 'U0OLGA' },
    end: { ...GONE, outcome: 'wanted', wantedBy: 1050 },
  },
};
export const withStray = (stray: Stray): Scene => ({ ...scene, strays: [stray] });

/** A grant that ends when nobody uses it. */
export const idling: AccessRequest = {
  ...SITUATIONS.active,
  terms: { sessions: 'auto', setRole: false, graceMs: 10_000, idleMs: HOUR / 2 },
  idleEndsAt: at('02:46'),
};
export const inSession: Scene = {
  ...scene,
  sessions: { sessions: 2, inTransaction: 1, since: at('02:40') },
};
export const NO_SESSION: Scene = { ...scene, sessions: { sessions: 0, inTransaction: 0, since: null } };
