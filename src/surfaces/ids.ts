/** The names by which Slack tells us what was clicked. Values carry a request id ("R-1042") and nothing else. */
export const ACTIONS = {
  approve: 'request_approve',
  deny: 'request_deny',
  withdraw: 'request_withdraw',
  relinquish: 'grant_relinquish',
  end: 'grant_end',
  /** In the modal. The role's block id changes with the target, so that a stale choice is cleared. */
  target: 'target',
  role: 'role',
  duration: 'duration',
  otherDuration: 'other_duration',
  reason: 'reason',
} as const;

export const VIEWS = { request: 'request_submit' } as const;

/** Block ids of the modal's inputs; errors are shown beside them. `role` is followed by `:` and the target. */
export const BLOCKS = {
  target: 'target',
  role: 'role',
  duration: 'duration',
  otherDuration: 'other_duration',
  reason: 'reason',
} as const;
