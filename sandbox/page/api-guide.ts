/** What the page and its server say of the guide. Types only, as in `api.ts`. */

export interface GuideState {
  readonly steps: readonly GuideStep[];
  /** What pg_auth_members and the ledger say in the end; null: not yet. */
  readonly receipt: string | null;
}

export interface GuideStep {
  readonly id: StepId;
  readonly title: string;
  /** What to do, a sentence each. */
  readonly how: readonly string[];
  readonly state: 'open' | 'done' | 'skipped';
  /** What was seen to have happened; null while it is not done. */
  readonly seen: string | null;
}

export type StepId = 'ask' | 'refused' | 'approve' | 'rows' | 'over' | 'break';
