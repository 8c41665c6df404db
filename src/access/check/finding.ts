import { coerceError, HallpassError } from '../../errors.js';

/** What a finding concerns, as people read it. */
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
  /** A `note` is good to know, or stops one person; a `failure` stops a role, or everything. */
  readonly level: 'ok' | 'note' | 'failure';
  /** A sentence. */
  readonly says: string;
  /** How to fix it: sentences, and SQL on lines of its own. A line that ends in `;` can be run as it is. */
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

/** An error as a finding; `before` goes before its message, and says what it keeps from working. */
export function failed(about: About, thrown: unknown, before = ''): Finding {
  const error = coerceError(thrown);
  const nextStep = error instanceof HallpassError ? error.nextStep : null;
  return failure(about, before + error.message, nextStep);
}

export function isFailure({ level }: Finding): boolean {
  return level === 'failure';
}
