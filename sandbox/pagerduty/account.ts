import { randomBytes, randomInt } from 'node:crypto';

export interface User {
  readonly id: string;
  readonly name: string;
  readonly email: string;
}

export interface Schedule {
  readonly id: string;
  readonly name: string;
}

export interface EscalationPolicy {
  readonly id: string;
  readonly name: string;
  /** How many levels it has; the first is 1. */
  readonly levels: number;
}

/**
 * Somebody on call. As in PagerDuty, nobody is without an escalation policy: a schedule that none uses puts
 * nobody on call.
 */
export interface OnCall {
  readonly user: User;
  readonly escalationPolicy: EscalationPolicy;
  readonly level: number;
  /** null: the policy names the person without a schedule. */
  readonly schedule: Schedule | null;
  /** null: always was. */
  readonly start: Date | null;
  /** null: forever. */
  readonly end: Date | null;
}

export interface Incident {
  readonly dedupKey: string;
  readonly status: 'triggered' | 'acknowledged' | 'resolved';
  readonly summary: string;
  readonly source: string;
  readonly severity: string;
  /** `custom_details`, as sent. */
  readonly details: unknown;
  /** How many trigger events it was made of. */
  readonly triggers: number;
}

/** What this PagerDuty knows; the newest incident is the last. */
export class Account {
  /** A key of the REST API. */
  readonly token = randomBytes(15).toString('base64url');
  /** The integration key of a service: 32 characters. */
  readonly routingKey = randomBytes(16).toString('hex');
  readonly users: User[] = [];
  readonly schedules: Schedule[] = [];
  readonly escalationPolicies: EscalationPolicy[] = [];
  onCalls: readonly OnCall[] = [];
  readonly incidents: Incident[] = [];
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

/** An id as PagerDuty makes them: `P` and six capitals or digits. */
export function newId(): string {
  return `P${Array.from({ length: 6 }, () => LETTERS[randomInt(LETTERS.length)]).join('')}`;
}
