/**
 * Refusals that a security team wants to hear of. The names, listed only here, never change: alerts are written against them
 * (`security` in a line of the log).
 */
import type { Logger } from './logger.js';

export type SecurityEvent =
  /** An HTTP request that Slack didn't sign, or signed more than five minutes ago. */
  | 'wrong_signature'
  | 'old_timestamp'
  /** A payload that Slack delivered before. It has no second effect. */
  | 'replayed_payload'
  /** A payload for another workspace or organization, or of another app. */
  | 'foreign_workspace'
  | 'foreign_app'
  /** Doesn't parse: a button's value isn't an id, a text exceeds its limit. */
  | 'malformed_payload'
  /** A form that we didn't make, or made for somebody else. */
  | 'altered_form'
  /** The actor: from another workspace (Slack Connect), a guest, a deactivated account, a bot. */
  | 'foreign_account'
  | 'guest_account'
  | 'deactivated_account'
  | 'bot_account'
  /** Asking: no login follows from the address, or it is somebody else's; not offered, not to them, or not there. */
  | 'no_login'
  | 'role_not_offered'
  | 'not_a_requester'
  | 'wrong_channel'
  /** An emergency for someone who may not break the glass. */
  | 'no_emergency'
  | 'form_of_another'
  | 'too_many_pending'
  | 'too_many_requests'
  /** Deciding and ending. */
  | 'unknown_request'
  | 'own_request'
  | 'same_login'
  | 'same_email'
  /** A second account of somebody who has approved it already. */
  | 'same_approver'
  | 'not_an_approver'
  | 'not_a_reviewer'
  | 'not_the_requester'
  | 'not_an_operator'
  | 'login_changed'
  | 'too_dangerous'
  /** Slack didn't say who is in a group that decides: no one counted as a member. */
  | 'group_unknown'
  /** A request waited to be granted without an approval in the audit trail: somebody wrote it into the ledger. */
  | 'not_approved'
  /** A request in the ledger contradicts its audit events. */
  | 'altered_request'
  /** Access was ended because its holder is no longer a full member. */
  | 'holder_left';

/** @param facts ids and names, never a secret or what a person wrote. */
export function logSecurity(
  logger: Pick<Logger, 'warn'>,
  security: SecurityEvent,
  facts: Readonly<Record<string, unknown>>,
  message: string,
): void {
  logger.warn({ security, ...facts }, message);
}
