/** Who is on the stage: the same people in Slack, in Postgres (by first name) and, some of them, in PagerDuty. */
import type { WorkspaceSeed } from '../slack/world/workspace.js';

export const CAST = {
  /** Engineers. */
  ana: 'U0ANA',
  ben: 'U0BEN',
  /** On call in PagerDuty. */
  dan: 'U0DAN',
  /** Decides: the one member of @dba. */
  cora: 'U0CORA',
  /** May not decide anything, and has no login. */
  eve: 'U0EVE',
  /** Runs Hallpass: the one member of @sre. */
  olga: 'U0OLGA',
  /** Looks after security; in no group but where one is made for it. */
  sam: 'U0SAM',
} as const;

export const CHANNELS = { access: 'C0ACCESS', operators: 'C0OPS' } as const;
export const GROUPS = { dba: 'S0DBA', sre: 'S0SRE' } as const;
export const ON_CALL = { user: 'PDAN', schedule: 'PSCHED', policy: 'PPOLICY' } as const;

export const WORKSPACE: WorkspaceSeed = {
  people: Object.entries(CAST).map(([name, id]) => ({ id, name })),
  channels: [
    { id: CHANNELS.access, name: 'db-access', members: [...Object.values(CAST), 'U0BOT00000'] },
    { id: CHANNELS.operators, name: 'db-operators', kind: 'private', members: [CAST.olga, 'U0BOT00000'] },
  ],
  groups: [
    { id: GROUPS.dba, handle: 'dba', members: [CAST.cora] },
    { id: GROUPS.sre, handle: 'sre', members: [CAST.olga] },
  ],
};
