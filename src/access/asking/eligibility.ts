/**
 * Who may ask for a role, and where. What is not known counts against it: while Slack doesn't say who is in a group,
 * nobody is in it.
 */
import type { RoleConfig } from '../../config/config.js';
import { type Policy, type Principal, qualifies } from '../../domain/policy/policy.js';
import {
  notARequester,
  requesterUnknown,
  rolesHidden,
  wrongChannel,
} from '../../surfaces/forms/form-words.js';
import type { Unsaid } from '../../surfaces/kit/unsaid.js';
import { readGroups, whyUnsaid } from '../deciding/accounts.js';
import type { Deps } from '../deps.js';

/** How long a requester waits for Slack, milliseconds; a late answer serves the next try. */
const GROUPS_MS = 1_000;

export interface Asking {
  readonly userId: string;
  /** The Slack channel in which the command was typed; null when it is not known. */
  readonly channel: string | null;
}

export type Refusal =
  | { readonly code: 'not_a_requester'; readonly requesters: readonly Principal[] }
  | { readonly code: 'group_unknown'; readonly groups: readonly Principal[]; readonly unsaid: Unsaid | null }
  | { readonly code: 'wrong_channel'; readonly channels: readonly string[] };

type Scope = Pick<Policy, 'requesters' | 'channels'>;

/** Why this person may not ask for what has this policy; null when they may. */
type RefusalOf = (policy: Scope) => Refusal | null;

/** Reads, at once, the groups that decide about all these policies. Never throws. */
export async function readScope(
  deps: Pick<Deps, 'messenger' | 'logger'>,
  { userId, channel }: Asking,
  policies: readonly Scope[],
): Promise<RefusalOf> {
  const groups = await readGroups(
    deps,
    policies.flatMap(({ requesters }) => requesters ?? []),
    GROUPS_MS,
  );
  return ({ requesters, channels }) => {
    const may = requesters === null ? null : qualifies(requesters, { userId, groups });
    if (requesters !== null && may?.ok === false) {
      return may.code === 'group_unknown'
        ? { ...may, unsaid: whyUnsaid(deps, may.groups) }
        : { code: 'not_a_requester', requesters };
    }
    if (channels === null || (channel !== null && channels.includes(channel))) return null;
    return { code: 'wrong_channel', channels };
  };
}

/** What the reader of a list is told of roles that it leaves out because Slack didn't say for whom they are; else null. */
export function sayHidden(refusals: readonly Refusal[]): string | null {
  const unknown = refusals.filter((refusal) => refusal.code === 'group_unknown');
  const groups = unknown.flatMap((refusal) => refusal.groups);
  if (groups.length === 0) return null;
  return rolesHidden(groups, unknown.find(({ unsaid }) => unsaid !== null)?.unsaid ?? null);
}

/** For the requester: a sentence with the next step. */
export function sayRefusal({ role }: Pick<RoleConfig, 'role'>, refusal: Refusal): string {
  switch (refusal.code) {
    case 'not_a_requester':
      return notARequester(role, refusal.requesters);
    case 'group_unknown':
      return requesterUnknown(role, refusal.groups, refusal.unsaid);
    case 'wrong_channel':
      return wrongChannel(role, refusal.channels);
  }
}
