/** Slack did not say something: what people can do about it. Waiting is advised only where it helps. */

/** Why Slack did not say it. */
export interface Unsaid {
  /** It may say it soon, with nothing changed by us. */
  readonly passing: boolean;
  /** A sentence: what is wrong. */
  readonly meaning: string;
  /** A sentence for an operator. */
  readonly nextStep: string | null;
}

/** In plain text. @param done what became of the reader's wish, without a full stop. @param unsaid null: it isn't known */
export function afterUnsaid(done: string, unsaid: Unsaid | null): string {
  if (unsaid === null || unsaid.passing) return `${done}; try again in a minute.`;
  const { meaning, nextStep } = unsaid;
  return `${done}. ${meaning} A Hallpass operator can fix that${nextStep === null ? '.' : `: ${nextStep}`}`;
}
