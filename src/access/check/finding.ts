import { coerceError, HallpassError } from '../../errors.js';

/** What a finding concerns, as people are told it. */
export type About =
  | 'configuration'
  | 'environment'
  | 'Slack'
  | 'channel'
  | 'approvers'
  | 'Redis'
  | 'PagerDuty'
  | 'ledger'
  | 'connection'
  | 'TLS'
  | 'version'
  | 'kind'
  | 'server'
  | 'standby'
  | 'role'
  | 'login'
  | 'sessions'
  | 'clock'
  | 'memberships'
  | 'database'
  | 'row security'
  | 'setting';

/** One thing that `hallpass check` found. */
export interface Finding {
  readonly about: About;
  /** `note`: good to know, or it stops one person; a `failure` stops a role, or everything. */
  readonly level: 'ok' | 'note' | 'failure';
  /** A sentence. */
  readonly says: string;
  /** What mends it: sentences, and SQL in lines of its own; each line that ends in `;` is to be run as it is. */
  readonly nextStep: string | null;
}

export function ok(about: About, says: string): Finding {
  return { about, level: 'ok', says, nextStep: null };
}

export function note(about: About, says: string, nextStep: string | null = null): Finding {
  return { about, level: 'note', says, nextStep };
}

export function failure(about: About, says: string, nextStep: string | null = null): Finding {
  return { about, level: 'failure', says, nextStep };
}

/** What was thrown, as the failure that it is. */
export function failed(about: About, thrown: unknown): Finding {
  const error = coerceError(thrown);
  return failure(about, error.message, error instanceof HallpassError ? error.nextStep : null);
}

export function isFailure({ level }: Finding): boolean {
  return level === 'failure';
}
