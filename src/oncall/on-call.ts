import type { OnCallRule } from '../domain/policy.js';

export type OnCallAnswer =
  /** `through`: what put them on call, in words: "schedule PABC123", "level 1 of escalation policy PDEF456". */
  | { readonly answer: 'yes'; readonly through: string }
  | { readonly answer: 'no' }
  /** PagerDuty was down, slow, or could not tell who this is; `why` is a sentence for the card. */
  | { readonly answer: 'unsure'; readonly why: string };

export interface OnCall {
  /** Is this person on call under the rule right now? Answers within 2 s, never throws. */
  ask(
    person: { readonly pagerduty: string | null; readonly email: string | null },
    rule: OnCallRule,
  ): Promise<OnCallAnswer>;
}
