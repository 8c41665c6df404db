/** What happens while nobody decides: a ladder of steps, each so long after the request was made. Pure. */
import type { Principal } from './policy.js';

export interface Step {
  /** After the request was made, milliseconds. */
  readonly afterMs: number;
  /** The approvers are reminded in the thread of the card. */
  readonly remind: boolean;
  /** These are asked from then on as well; empty when the step asks nobody else. */
  readonly to: readonly Principal[];
  /** The operators are paged. */
  readonly page: boolean;
}
