/** Ana's second Slack account: mapped to the same login, and in the approvers' group. */
export const ANA2 = 'U0ANA2';
