import type { KnownBlock } from '@slack/types';
import type { AccessRequest } from '../../src/domain/request/request.js';
import type { State, Why } from '../../src/domain/request/request-state.js';
import type { Message, Scene } from '../../src/surfaces/kit/message.js';
import { aRequest } from '../domain/a-request.js';

export const ANA = 'U0ANA';
export const BO = 'U0BO';

const HOUR = 3_600_000;
const TERMS = { sessions: 'auto', setRole: false, graceMs: 10_000, idleMs: HOUR / 2 } as const;
const ASKED = new Date('2026-11-21T02:00:00Z');
const DECIDED = new Date('2026-11-21T02:10:00Z');
const GRANTED = new Date('2026-11-21T02:11:00Z');
export const EXPIRES = new Date('2026-11-21T03:11:00Z');
const ENDED = new Date('2026-11-21T03:12:00Z');

export const scene: Scene = {
  targetName: 'Shop',
  environment: 'production',
  about: 'Change orders',
  durationsMs: [],
  host: 'db.internal',
  port: 5432,
  database: 'shop',
  strays: [],
  pause: null,
};

const pending = aRequest({
  role: 'orders_write',
  login: 'ana_login',
  requester: ANA,
  reason: 'Ticket 812: orders are stuck',
  asked: [
    { id: 'S0DBA', name: 'dba' },
    { id: 'U0EVE', name: null },
  ],
  createdAt: ASKED,
  pendingUntil: new Date(ASKED.getTime() + 8 * HOUR),
});

const decided = { decidedAt: DECIDED, decidedBy: BO, decidedVia: 'dba' };
const extension = { by: BO, at: new Date('2026-11-21T02:40:00Z'), from: new Date('2026-11-21T02:51:00Z') };
const granted = { ...decided, grantedAt: GRANTED, expiresAt: EXPIRES };

function ended(why: Why, endedBy: string | null = null): AccessRequest {
  return { ...pending, ...granted, state: 'ended', why, endedBy, endedAt: ENDED };
}

/** What approved it, when that was the on-call rule. */
export const byOnCall = { decidedBy: null, decidedVia: 'schedule PABC123' };

/** One request in each situation that people are shown. */
export const SITUATIONS = {
  pending,
  granting: { ...pending, ...decided, state: 'granting' },
  grantingHangs: { ...pending, ...decided, state: 'granting', trouble: 'connection refused' },
  active: { ...pending, ...granted, state: 'active' },
  activeOnCall: { ...pending, ...granted, ...byOnCall, state: 'active', wishedMs: 4 * HOUR },
  extending: { ...pending, ...granted, state: 'active', extension: { ...extension, state: 'asked' } },
  extended: { ...pending, ...granted, state: 'active', extension: { ...extension, state: 'confirmed' } },
  notExtended: { ...pending, ...granted, state: 'active', extension: { ...extension, state: 'refused' } },
  overdue: { ...pending, ...granted, state: 'active', trouble: 'connection refused' },
  endingRelinquished: { ...pending, ...granted, state: 'ending', why: 'relinquished', endedBy: ANA },
  endingBlocked: {
    ...pending,
    ...granted,
    state: 'ending',
    why: 'ended',
    endedBy: BO,
    trouble: 'connection refused',
  },
  endingFailed: { ...pending, ...decided, state: 'ending', why: 'failed', trouble: 'no such role' },
  expired: ended('expired'),
  idle: { ...ended('idle'), terms: TERMS, usedAt: GRANTED, sessionMs: 12 * 60_000 },
  relinquished: ended('relinquished', ANA),
  endedBy: ended('ended', BO),
  endedLeft: ended('ended'),
  endedByOperator: { ...ended('ended', 'olga@ops1'), endedBecause: 'stolen laptop' },
  removed: ended('removed'),
  denied: { ...pending, ...decided, state: 'denied', endedAt: DECIDED },
  deniedBecause: {
    ...pending,
    ...decided,
    state: 'denied',
    deniedBecause: 'orders_read is enough for that',
    endedAt: DECIDED,
  },
  withdrawn: { ...pending, state: 'withdrawn', endedAt: ENDED },
  withdrawnLeft: { ...pending, state: 'withdrawn', why: 'ended', endedAt: ENDED },
  withdrawnByOperator: {
    ...pending,
    state: 'withdrawn',
    why: 'ended',
    endedBy: 'olga@ops1',
    endedBecause: 'stolen laptop',
    endedAt: ENDED,
  },
  lapsed: { ...pending, state: 'lapsed', endedAt: ENDED },
  failed: { ...pending, ...decided, state: 'failed', why: 'failed', trouble: 'no such role', endedAt: ENDED },
} as const satisfies Record<string, AccessRequest & { state: State }>;

export type Situation = keyof typeof SITUATIONS;
export const SITUATION_NAMES = Object.keys(SITUATIONS).filter(
  (name): name is Situation => name in SITUATIONS,
);

/** Every text object in what is sent to Slack, with its type. */
export function textsIn(value: unknown): readonly { type: string; text: string }[] {
  if (Array.isArray(value)) return value.flatMap(textsIn);
  if (typeof value !== 'object' || value === null) return [];
  if (
    'type' in value &&
    'text' in value &&
    typeof value.text === 'string' &&
    typeof value.type === 'string'
  ) {
    return [{ type: value.type, text: value.text }];
  }
  return Object.values(value).flatMap(textsIn);
}

/** The buttons, as `action_id=value`. */
export function buttonsIn(message: Message): readonly string[] {
  return message.blocks.flatMap((block: KnownBlock) =>
    block.type === 'actions'
      ? block.elements.flatMap((element) =>
          element.type === 'button' ? [`${element.action_id}=${element.value}`] : [],
        )
      : [],
  );
}
