import type { RoleConfig } from '../../config/config.js';
import type { Policy } from '../../domain/policy/policy.js';
import type { Danger } from '../../domain/postgres/danger.js';
import type { AccessRequest, RuleName } from '../../domain/request/request.js';
import type { Deps } from '../deps.js';
import type { DangerReading } from './danger-limit.js';
import type { MembersNow } from './members-now.js';
import type { RuleAnswer } from './rule-answer.js';

/** What the rules ask about. */
export type Wish = Pick<
  AccessRequest,
  'target' | 'role' | 'login' | 'requester' | 'wishedMs' | 'durationMs' | 'createdAt'
> & {
  /** Null: it isn't made, and nothing is written because of it. */
  readonly id: number | null;
};

export type RuleDeps = Pick<
  Deps,
  'config' | 'db' | 'roles' | 'onCall' | 'messenger' | 'inspectors' | 'logger' | 'outbox'
>;

/** What the rules ask of the world, each thing once for all of them. */
export interface Moment {
  readonly danger: DangerReading;
  readonly members: MembersNow;
}

/** A rule that approves without an approver; by-rule.ts asks them all. */
export interface Rule {
  readonly name: RuleName;
  /** Whether it also gives a grant more time. */
  readonly extends: boolean;
  /** Whether it is worth asking; nothing outside is asked for it. @param now the ledger's clock. */
  applies(policy: Policy, request: Wish, now: Date): boolean;
  /** The most that the role may do, for whatever this rule approves; null: no limit of its own. */
  limit(policy: Policy): Danger | null;
  /** Never throws, and answers within the time that the card waits. Asked also of what is approved and not granted yet. */
  ask(deps: RuleDeps, request: Wish, role: RoleConfig, moment: Moment): Promise<RuleAnswer>;
}
