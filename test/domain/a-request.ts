import type { AccessRequest } from '../../src/domain/request/request.js';

export const NOON = new Date('2026-11-21T12:00:00Z');

export function later(ms: number): Date {
  return new Date(NOON.getTime() + ms);
}

/** A request that was submitted at NOON for an hour; `change` makes of it what the test needs. */
export function aRequest(change: Partial<AccessRequest> = {}): AccessRequest {
  return {
    id: 1042,
    version: 1,
    state: 'pending',
    why: null,
    trouble: null,
    target: 'shop-prod',
    role: 'orders_read',
    login: 'ana',
    requester: 'U0ANA',
    askedIn: 'C0ACCESS',
    reason: 'ticket 812',
    wishedMs: 3_600_000,
    durationMs: 3_600_000,
    asked: [{ id: 'S0DBA', name: 'dba' }],
    asking: null,
    rules: null,
    approvals: [],
    danger: null,
    stepsTold: 0,
    stepAt: null,
    stepToldAt: null,
    createdAt: NOON,
    pendingUntil: later(8 * 3_600_000),
    onCallNote: null,
    decidedAt: null,
    decidedBy: null,
    decidedVia: null,
    decidedRule: null,
    deniedBecause: null,
    clearedAt: null,
    place: null,
    grantedAt: null,
    grantedMs: null,
    expiresAt: null,
    warnAt: null,
    inUse: false,
    usedAt: null,
    sessionMs: 0,
    idleToldAt: null,
    idleEndsAt: null,
    extension: null,
    extensionAsk: null,
    extensions: 0,
    endedBy: null,
    endedBecause: null,
    endedAt: null,
    terms: null,
    mark: null,
    sessionsBefore: null,
    users: [],
    reviewAt: null,
    emergency: null,
    judgeAt: null,
    ...change,
  };
}

export const TERMS = { sessions: 'auto', setRole: false, graceMs: 10_000, idleMs: null } as const;
/** What a proof says that found the membership, and no session. */
export const PROOF = { found: false, closed: 0, prepared: [] };

export const PLACE = { server: '7300000000000000001', grantorOid: 16399, roleOid: 16400, memberOid: 16401 };

export function anActive(change: Partial<AccessRequest> = {}): AccessRequest {
  return aRequest({
    state: 'active',
    decidedAt: NOON,
    decidedBy: 'U0BEN',
    decidedVia: 'dba',
    place: PLACE,
    terms: TERMS,
    mark: '801',
    grantedAt: NOON,
    expiresAt: later(3_600_000),
    warnAt: later(3_300_000),
    ...change,
  });
}
