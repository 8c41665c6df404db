/** How a request asks its approvers, and what keeps them from deciding. */
import type { Principal } from '../policy/policy.js';

/** How a pending request reaches its approvers, where that has changed since it was submitted. */
export interface Asking {
  /** Today's approvers; null: the same as at the submission. */
  readonly approvers: readonly Principal[] | null;
  /** Why its card can't be posted; null when it can. */
  readonly unshown: Unshown | null;
  /** Slack users who have a card of their own: because it can't be posted, or because the policy wants it so. */
  readonly directly: readonly string[];
  /** Why no approver can decide it; empty when one can, or when Slack doesn't say. */
  readonly nobody: readonly CantDecide[];
}

/** People asked by direct message for one request, at the most. */
export const MOST_ASKED_DIRECTLY = 20;

/** A channel that doesn't accept the card. */
export interface Unshown {
  readonly channel: string;
  /** Sentences: what is wrong, and what to do about it. */
  readonly why: string;
  readonly fix: string | null;
}

/**
 * Why an approver can't decide: they are the requester, or another account of theirs; they can't use Hallpass (left, a
 * guest, a bot). A group: it has no members, is missing or disabled, or Slack doesn't tell Hallpass who is in it, on this
 * plan or without a scope.
 */
export const CANT_DECIDE = [
  'requester',
  'same_person',
  'left',
  'empty',
  'missing',
  'plan',
  'scope',
  'too_few',
] as const;

export interface CantDecide {
  readonly approver: Principal;
  readonly because: (typeof CANT_DECIDE)[number];
  /** A sentence: what to do about it, where Slack's error tells. */
  readonly fix: string | null;
}

export const ASKED_AS_MADE: Asking = { approvers: null, unshown: null, directly: [], nobody: [] };
