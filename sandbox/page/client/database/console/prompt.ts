import type { ConsoleSession, Instance } from '../../../api-database.js';

const MARKS = { idle: '', open: '*', failed: '!' } as const;

/** As psql's: `shop=>`; with `*` in a transaction, with `!` in a failed one; `shop!>` without a session that was there. */
export function promptOf(database: Instance, session: ConsoleSession | null): string {
  if (session !== null && session.ended !== null) return `${database}!>`;
  return `${database}=${MARKS[session?.transaction ?? 'idle']}>`;
}

/** How it stands, in words. */
export function stateOf(session: ConsoleSession | null): string {
  if (session === null) return 'no session yet';
  if (session.ended !== null) return 'session ended';
  if (session.running) return 'running';
  return { idle: 'idle', open: 'in a transaction', failed: 'in a failed transaction' }[session.transaction];
}

/** What a statement took: "0.4 ms", "82 ms", "12.3 s". */
export function took(ms: number): string {
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  return ms < 10_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}

/** Why a statement that is run each second must wait: it would stand in the way of what runs, or change a transaction. null: it need not. */
export function whyWait(session: ConsoleSession | null): string | null {
  if (session === null || session.ended !== null) return null;
  if (session.running) return 'Waits while a query runs.';
  return session.transaction === 'idle' ? null : 'Waits while a transaction is open.';
}
