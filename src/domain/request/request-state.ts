/** The states of a request, and why access ends. */

const FINAL_STATES = ['denied', 'withdrawn', 'lapsed', 'failed', 'ended'] as const;
export type FinalState = (typeof FINAL_STATES)[number];

export const STATES = ['pending', 'granting', 'active', 'ending', ...FINAL_STATES] as const;
export type State = (typeof STATES)[number];

/** Why access ends or ended. */
export type Why =
  /** Its time was up. */
  | 'expired'
  /** Nobody used it for as long as its terms allow. */
  | 'idle'
  | 'relinquished'
  /** By an approver, an operator, or Hallpass because the holder's account left (then `endedBy` is null). */
  | 'ended'
  /** Someone outside Hallpass revoked it. */
  | 'removed'
  /** The GRANT didn't succeed. */
  | 'failed'
  /** The server lost it in a failover or a restore. */
  | 'lost'
  /** An operator said that the server was replaced, or that nothing about it can be proved any more. */
  | 'replaced'
  | 'written_off';

export function isFinal(state: State): state is FinalState {
  return FINAL_STATES.some((final) => final === state);
}
