import type { Policy } from '../../src/domain/policy/policy.js';

const HOUR_MS = 3_600_000;

/** A policy that asks one of @dba; `change` makes of it what the test needs. */
export function aPolicy(change: Partial<Policy> = {}): Policy {
  return {
    approvals: [{ from: [{ id: 'S0DBA', name: 'dba' }], count: 1 }],
    more: [],
    quiet: [],
    notify: 'channel',
    onCall: null,
    automatic: null,
    repeatMs: null,
    extend: { times: null, totalMs: null },
    escalate: [],
    breakGlass: null,
    reasonRequired: true,
    reasonRule: null,
    denyReasonRequired: false,
    durationsMs: [HOUR_MS],
    defaultDurationMs: HOUR_MS,
    maxMs: HOUR_MS,
    pendingTimeoutMs: HOUR_MS,
    requesters: null,
    channels: null,
    maxDanger: null,
    ...change,
  };
}
