/** What the tour and the page's guide say in the same words. */
export const WORDS = {
  refused: 'The database refuses',
  request: 'Ana asks in Slack for orders_read',
  approve: 'Cora approves, and Ana is told',
  reads: 'The database lets her',
  refusedAgain: 'The database refuses again',
  timeIsUp: 'Time is up',
  killed: 'Hallpass is killed (kill -9)',
  restart: 'Hallpass starts again',
  receipt: 'pg_auth_members and the ledger say',
} as const;
