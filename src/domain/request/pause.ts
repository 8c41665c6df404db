/** While a pause holds, nothing new is granted; revocations go on. An operator's word, kept in the ledger. Pure. */

/** How long an approval may wait for a pause to end, milliseconds. After that, access has to be requested again. */
export const PAUSED_LIMIT_MS = 24 * 3_600_000;

export interface Pause {
  /** The target's key in the configuration; null: every target. */
  readonly target: string | null;
  /** The operator's user of the operating system, and its host. */
  readonly by: string;
  readonly because: string;
  readonly since: Date;
}

/** The pause that holds on this target, one of every target first; null when none does. */
export function pauseOn(pauses: readonly Pause[], target: string): Pause | null {
  return (
    pauses.find((pause) => pause.target === null) ?? pauses.find((pause) => pause.target === target) ?? null
  );
}
