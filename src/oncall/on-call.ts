import type { OnCallRule } from '../domain/policy/policy.js';

export type OnCallAnswer =
  /** `through`: what puts them on call, as "schedule PABC123" or "level 1 of escalation policy PDEF456". */
  | { readonly answer: 'yes'; readonly through: string }
  | { readonly answer: 'no' }
  /** PagerDuty is down, slow, or can't tell who this is; `why` is a sentence for the card. */
  | { readonly answer: 'unsure'; readonly why: string };

export interface OnCall {
  /** Is this person on call under the rule right now? Answers within 2 s, never throws. */
  ask(
    person: { readonly pagerduty: string | null; readonly email: string | null },
    rule: OnCallRule,
  ): Promise<OnCallAnswer>;
}

/** Without a PagerDuty token: on-call rules are left to the approvers. */
export const withoutPagerDuty: OnCall = {
  ask: async () => ({ answer: 'unsure', why: 'PagerDuty is not set up here (PAGERDUTY_TOKEN is missing).' }),
};
