/** Who can put themselves on call through a Slack user group? As far as Slack tells. */
import type { Config } from '../../../config/config.js';
import { sayDuration } from '../../../domain/duration.js';
import type { Principal } from '../../../domain/policy/policy.js';
import { onCallGroups } from '../../../domain/policy/rules.js';
import type { Messenger } from '../../../messenger/messenger.js';
import type { GroupSeen } from '../../../messenger/probe.js';
import { firstOf } from '../../../surfaces/kit/words.js';
import { onCallRules } from '../configured.js';
import { type Finding, note } from '../finding.js';
import type { Known } from './people.js';

/** Names in a sentence; the rest is counted. */
const SHOWN = 3;
/** Slack's API names nobody who may edit a group. */
const WHO_MAY =
  'Slack doesn’t tell an app who may: workspace owners and admins, and every member where the workspace lets them.';
const SETTING =
  'In Slack, the workspace’s settings, Roles & permissions, “Create and edit user groups”: leave it to owners, admins and the app that keeps the group in step.';

/** One note for each group that means on call. Never throws. */
export async function describeOnCallGroups(
  config: Pick<Config, 'targets'>,
  { groups }: Pick<Known, 'groups'>,
  slack: Pick<Messenger, 'person'>,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const { group, roles, maxMs } of usedGroups(config)) {
    const seen = groups?.get(group.id) ?? null;
    // What is wrong with a missing or disabled group is said already.
    if (groups !== null && (seen === null || seen.isDisabled)) continue;
    const called = seen?.handle ?? group.name;
    const theGroup = called === null ? group.id : `@${called} (${group.id})`;
    const says = `Anyone who may edit the user group ${theGroup} can put themselves on call, and is then approved at once, for ${sayDuration(maxMs)} at most, for ${firstOf(roles, SHOWN)}.`;
    findings.push(note('approvers', [says, WHO_MAY, ...(await lastChange(seen, slack))].join(' '), SETTING));
  }
  return findings;
}

interface UsedGroup {
  readonly group: Principal;
  readonly roles: string[];
  maxMs: number;
}

function usedGroups(config: Pick<Config, 'targets'>): readonly Readonly<UsedGroup>[] {
  const used = new Map<string, UsedGroup>();
  for (const { name, rule } of onCallRules(config)) {
    for (const group of onCallGroups(rule)) {
      const known = used.get(group.id) ?? { group, roles: [], maxMs: 0 };
      known.roles.push(name);
      known.maxMs = Math.max(known.maxMs, rule.maxMs);
      used.set(group.id, known);
    }
  }
  return [...used.values()];
}

/** A sentence, as far as Slack says. */
async function lastChange(
  seen: GroupSeen | null,
  slack: Pick<Messenger, 'person'>,
): Promise<readonly string[]> {
  if (seen === null || seen.changedBy === null) return [];
  const id = seen.changedBy;
  const person = await slack.person(id).catch(() => null);
  const who = person === null ? id : `${person.bot ? 'the app ' : ''}${person.name} (${id})`;
  const on = seen.changedAt === null ? '' : `, on ${seen.changedAt.toISOString().slice(0, 10)}`;
  return [`It was last changed by ${who}${on}.`];
}
