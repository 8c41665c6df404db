/** What is measured, under the keys that `--json` prints. All times are milliseconds. */

export interface Spread {
  readonly p50: number;
  readonly p99: number;
}

export interface Lateness extends Spread {
  readonly max: number;
}

export interface Herd {
  /** How many grants expired at the same moment. */
  readonly n: number;
  /** From that moment until the last one was gone: by Hallpass, */
  readonly last_ms: number;
  /** by one BullMQ job and one REVOKE each, */
  readonly naive_last_ms: number;
  /** and by nothing but list REVOKEs, from the first one on. */
  readonly bare_last_ms: number;
}

export interface Figures {
  readonly click_to_grant_ms: Spread;
  readonly bare_grant_ms: { readonly p50: number };
  /** From the confirmation of an emergency to its GRANT. */
  readonly break_glass_to_grant: { readonly direct: Spread; readonly guarded: Spread };
  readonly slash_ack_ms: Spread;
  readonly modal_open_ms: Spread;
  /** From a whole command to its card in the channel. */
  readonly typed_to_card_ms: Spread;
  /** From a click elsewhere until open Homes show it, with 10,000 grants out. */
  readonly home_fresh_ms: Spread;
  readonly 'lateness_ms.redis': Lateness;
  /** By one timer and one REVOKE each, in the same run. */
  readonly 'lateness_ms.redis.bare': Lateness;
  readonly 'lateness_ms.postgres': Lateness;
  readonly 'lateness_ms.postgres.bare': Lateness;
  readonly 'herd.direct': Herd;
  readonly 'herd.guarded': Herd;
  readonly herd_one_target_down: { readonly ratio: number };
  readonly idle_sweep_ms: { readonly '1e3': number; readonly '1e4': number; readonly '1e5': number };
  /** Transactions on the ledger for one sweep that finds nothing due; what else runs meanwhile is counted with them. */
  readonly idle_sweep_trips: number;
  /** Transactions on the ledger while nothing is out; with the alarms in Redis or in Postgres, whichever are more. */
  readonly idle_ledger_tx_per_min: number;
  /** Transactions on a target where nothing is out: those of a minute, and those of two comparisons. */
  readonly idle_target_tx_per_hour: number;
  /** Open to the ledger while nothing is out; as above. */
  readonly idle_connections: number;
  /** One idle process with so many targets, extrapolated from ten real ones. */
  readonly hundred_targets: {
    readonly ledger_tx_per_min: number;
    readonly connections: number;
    readonly rss_mb: number;
    readonly cpu_ms_per_min: number;
  };
  readonly after_redis_flush_ms: number;
  readonly after_target_back_ms: number;
  readonly after_kill_ms: number;
  /** The form's search for a role, by its name, a table or an error. */
  readonly search_ms: { readonly p50: number; readonly p95: number };
  readonly rss_mb: number;
  readonly start_ms: number;
}

export type Key = keyof Figures;

/** The middle, and what one in a hundred exceeds. */
export function spreadOf(samples: readonly number[]): Lateness {
  const at = (share: number) => shareOf(samples, share);
  return { p50: at(0.5), p99: at(0.99), max: at(1) };
}

/** What so large a share of them, 0 to 1, doesn't exceed. */
export function shareOf(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return round(sorted[Math.ceil(sorted.length * share) - 1] ?? Number.NaN);
}

export function median(samples: readonly number[]): number {
  return spreadOf(samples).p50;
}

/** To a hundredth: what lies below is noise. */
export function round(value: number): number {
  return Math.round(value * 100) / 100;
}
