/**
 * What it takes to be granted a role in a run: as the configuration says it (JSON is YAML), and as the judges read it.
 * They count by this table, and not by what Hallpass made of it.
 */
import { CAST, GROUPS, ON_CALL } from '../sandbox/stage/cast.js';

/** Who only decides. */
export const DECIDERS = { sam: 'U0SAM', sid: 'U0SID', lea: 'U0LEA' } as const;

/** Groups in Slack, by the configuration's name for them. Some are in several, and some ask for roles themselves. */
export const TEAMS = {
  dba: { id: GROUPS.dba, members: [CAST.cora, CAST.olga, DECIDERS.sam] },
  security: { id: 'S0SECURITY', members: [DECIDERS.sam, DECIDERS.sid] },
  leads: { id: 'S0LEADS', members: [DECIDERS.lea] },
  fire: { id: 'S0FIRE', members: [CAST.ana, CAST.ben, CAST.cora, 'U0FAY'] },
  overseers: { id: 'S0OVERSEERS', members: [CAST.cora, DECIDERS.sid] },
} as const;
export type Team = keyof typeof TEAMS;

interface Rule {
  readonly from: readonly Team[];
  readonly count?: number;
}

/** As it stands in the configuration; durations in seconds. */
export interface RunPolicy {
  readonly approvals?: readonly Rule[];
  readonly more?: readonly (Rule & { readonly over: Seconds })[];
  readonly notify?: 'approvers';
  readonly on_call?: { readonly schedules: readonly string[]; readonly max: Seconds };
  readonly automatic?: { readonly max: Seconds; readonly max_danger: 'read' };
  readonly repeat?: Seconds;
  readonly extend?: { readonly times: number; readonly total?: Seconds };
  readonly pending_timeout?: Seconds;
  readonly escalate?: readonly {
    readonly after: Seconds;
    readonly remind?: true;
    readonly to?: readonly Team[];
    readonly page?: true;
  }[];
  readonly break_glass?: {
    readonly who: readonly Team[];
    readonly max: Seconds;
    readonly review: readonly Team[];
  };
  readonly deny_reason?: 'required';
}
type Seconds = `${number}s`;

/** What a policy without `approvals` has. */
const DEFAULT_APPROVALS: readonly Rule[] = [{ from: ['dba'] }];
const on_call = { schedules: [ON_CALL.schedule], max: '3600s' } as const;
const break_glass = { who: ['fire'], max: '30s', review: ['overseers'] } as const;

const POLICIES = {
  read: {},
  urgent: { on_call, break_glass },
  brief: { pending_timeout: '8s' },
  two: {
    approvals: [{ from: ['dba'] }, { from: ['security'] }],
    extend: { times: 2, total: '20s' },
    deny_reason: 'required',
  },
  longer: { more: [{ over: '10s', from: ['security'] }], repeat: '604800s' },
  quick: { automatic: { max: '8s', max_danger: 'read' }, extend: { times: 1 } },
  ladder: {
    // One lead is not enough: it waits until others are asked, and some of it lapses.
    approvals: [{ from: ['leads'], count: 2 }],
    notify: 'approvers',
    pending_timeout: '20s',
    escalate: [
      { after: '1s', remind: true },
      { after: '2s', to: ['overseers'] },
      { after: '3s', page: true },
    ],
    break_glass,
  },
} as const satisfies Readonly<Record<string, RunPolicy>>;
type PolicyName = keyof typeof POLICIES;

/** The policy of each role, by target. */
export const ROLES = {
  shop: { orders_read: 'two', orders_write: 'urgent', payments_read: 'longer' },
  depot: { orders_read: 'brief', orders_write: 'urgent', payments_read: 'quick' },
  vault: { vault_read: 'two' },
  harbor: { orders_read: 'ladder', orders_write: 'urgent', payments_read: 'longer' },
} as const satisfies Readonly<Record<string, Readonly<Record<string, PolicyName>>>>;
export type TargetName = keyof typeof ROLES;

/** `policies:` of the configuration, below that key. */
export const POLICIES_YAML = Object.entries(POLICIES)
  .map(([name, policy]) => `  ${name}: ${JSON.stringify(policy)}\n`)
  .join('');

/** `groups:` of the configuration, below that key. */
export const GROUPS_YAML = JSON.stringify({
  ...Object.fromEntries(Object.entries(TEAMS).map(([name, { id }]) => [name, id])),
  sre: GROUPS.sre,
});

/** @throws Error for a role that is in no target */
export function policyOf(target: string, role: string): RunPolicy {
  const roles: Readonly<Record<string, Readonly<Record<string, PolicyName>>>> = ROLES;
  const name = roles[target]?.[role];
  if (name === undefined) throw new Error(`no policy for ${role} on ${target}`);
  return POLICIES[name];
}

/** The rules for a grant that lasts so long. */
export function rulesOf({ approvals = DEFAULT_APPROVALS, more = [] }: RunPolicy, ms: number) {
  return [...approvals, ...more.filter(({ over }) => ms > milliseconds(over))];
}

export function isIn(teams: readonly Team[], userId: string): boolean {
  return teams.some((team) => TEAMS[team].members.some((member) => member === userId));
}

/** "8s" */
export function milliseconds(seconds: Seconds): number {
  return Number.parseInt(seconds, 10) * 1_000;
}
