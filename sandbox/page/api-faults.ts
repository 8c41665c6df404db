/** What the page and its server say of the faults and the encore. Types only, as in `api.ts`. */
import type { HallpassState } from '../stage/backstage.js';

export type ServerName = 'shop' | 'vault' | 'ledger';
export type SlackTrouble = 'none' | 'error' | 'late' | 'lost';
export type OnCall = 'dan' | 'ben' | null;

/** What has been made to go wrong, and whether it still does. */
export interface FaultsState {
  readonly hallpass: HallpassState;
  /** Why its last start failed; null: it didn't. */
  readonly hallpassFailed: string | null;
  readonly servers: Readonly<Record<ServerName, 'up' | 'down' | 'stopping' | 'starting'>>;
  readonly slack: SlackTrouble;
  readonly pagerdutyDown: boolean;
  readonly onCall: OnCall;
  /** What was done last, when (milliseconds since 1970), and what came of it so far. */
  readonly last: { readonly what: string; readonly at: number; readonly came: readonly string[] } | null;
}

/** Ten thousand grants that end at once. */
export type EncoreState =
  | { readonly phase: 'idle'; readonly failed: string | null }
  /** `share`: 0 to 1 */
  | { readonly phase: 'preparing'; readonly what: string; readonly share: number }
  | EncoreRun;

export interface EncoreRun {
  readonly phase: 'running' | 'over';
  /** When all of them are due, milliseconds since 1970. */
  readonly due: number;
  /** The encore's own. */
  readonly hallpass: HallpassState;
  /** Kill it when half of its grants are gone. */
  readonly killInTheMiddle: boolean;
  readonly counters: Readonly<Record<'hallpass' | 'naive', EncoreCounter>>;
  /** What was done meanwhile, with when it was, milliseconds after `due`. */
  readonly notes: readonly { readonly at: number; readonly what: string }[];
}

export interface EncoreCounter {
  /** Memberships in pg_auth_members. */
  readonly left: number;
  /** Milliseconds from `due` until none was left; null: some are. */
  readonly doneAfter: number | null;
}
