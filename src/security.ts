/**
 * Refusals that somebody who watches over a company's systems wants to hear of. Each has a name that stays: alerts are
 * written against it (`security` in a line of the log). The names are listed here and nowhere else.
 */
import type { Logger } from './logger.js';

export type SecurityEvent =
  /** A request by HTTP that Slack did not sign, or that it signed more than five minutes ago. */
  | 'wrong_signature'
  | 'old_timestamp'
  /** A payload that Slack delivered before. It has no second effect. */
  | 'replayed_payload'
  /** A payload for another workspace or organisation, or of another app. */
  | 'foreign_workspace'
  | 'foreign_app'
  /** What does not parse: a button's value that is no id, a text beyond its limit. */
  | 'malformed_payload'
  /** A form that we did not make, or made for somebody else. */
  | 'altered_form'
  /** Who acts: somebody of another workspace (Slack Connect), a guest, a deactivated account, a bot. */
  | 'foreign_account'
  | 'guest_account'
  | 'deactivated_account'
  | 'bot_account'
  /** Asking: no login follows from the address, or it is somebody else's; not offered, not to them, not there. */
  | 'no_login'
  | 'role_not_offered'
  | 'not_a_requester'
  | 'wrong_channel'
  | 'form_of_another'
  | 'too_many_pending'
  | 'too_many_requests'
  /** Deciding and ending. */
  | 'unknown_request'
  | 'own_request'
  | 'same_login'
  | 'same_email'
  | 'not_an_approver'
  | 'not_the_requester'
  | 'not_an_operator'
  | 'login_changed'
  | 'too_dangerous'
  /** Slack did not say who is in a group that decides: nobody counted as a member. */
  | 'group_unknown'
  /** A request waited to be granted, and the audit trail has no approval of it: somebody wrote it into the ledger. */
  | 'not_approved'
  /** A request in the ledger is not what its audit events make of it. */
  | 'altered_request'
  /** Access was ended because its holder's account is not a member's any more. */
  | 'holder_left';

/** Writes it to the log. @param facts ids and names, never what a person wrote or a secret. */
export function logSecurity(
  logger: Pick<Logger, 'warn'>,
  security: SecurityEvent,
  facts: Readonly<Record<string, unknown>>,
  message: string,
): void {
  logger.warn({ security, ...facts }, message);
}
