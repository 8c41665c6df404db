/** Do approvers see the cards that mention them? A mention in a private channel reaches only its members. */
import type { Config } from '../../../config/config.js';
import { askedBy, type Principal } from '../../../domain/policy/policy.js';
import type { SlackProbe } from '../../../messenger/probe.js';
import { firstOf } from '../../../surfaces/kit/words.js';
import { offeredRoles } from '../configured.js';
import { type Finding, failed, failure, note } from '../finding.js';
import type { ChannelsReport } from './channels.js';
import { type Known, peopleBehind } from './people.js';

/** Names in a sentence; the rest is counted. */
const SHOWN = 3;

/** Never throws. */
export async function checkApproversInChannels(
  config: Pick<Config, 'targets'>,
  channels: ChannelsReport['seen'],
  known: Known,
  slack: Pick<SlackProbe, 'channelMembers'>,
): Promise<readonly Finding[]> {
  const cards = new Map<string, Map<string, Principal>>();
  for (const { role } of offeredRoles(config)) {
    if (channels.get(role.channel)?.isPrivate !== true) continue;
    const mentioned = cards.get(role.channel) ?? new Map<string, Principal>();
    const { policy } = role;
    for (const principal of askedBy(policy.approvals, policy)) mentioned.set(principal.id, principal);
    cards.set(role.channel, mentioned);
  }
  const findings: Finding[] = [];
  for (const [id, mentioned] of cards) {
    const name = channels.get(id)?.name ?? id;
    try {
      const members = await slack.channelMembers(id);
      for (const principal of mentioned.values()) {
        findings.push(...describeMembers(`#${name} (${id})`, members, principal, known));
      }
    } catch (thrown) {
      const before = `Not tried: whether approvers are in #${name} (${id}). `;
      findings.push({ ...failed('channel', thrown, before), level: 'note', nextStep: null });
    }
  }
  return findings;
}

function describeMembers(
  channel: string,
  members: ReadonlySet<string>,
  principal: Principal,
  known: Known,
): readonly Finding[] {
  const people = peopleBehind(known, principal) ?? [];
  const deaf = people.filter((id) => !members.has(id));
  if (deaf.length === 0) return [];
  const handle = known.groups?.get(principal.id)?.handle;
  const who = handle === undefined ? principal.id : `@${handle}`;
  const invite = 'Invite them there, or name a channel that is public in channel:.';
  if (deaf.length === people.length) {
    const says = `Nobody of ${who} is in ${channel}, which is private: cards mention them there, and they don’t see it.`;
    return [failure('channel', says, invite)];
  }
  const says = `Of ${who}, ${firstOf(deaf, SHOWN)} ${deaf.length === 1 ? 'is' : 'are'} not in ${channel}, which is private: they don’t see the cards there.`;
  return [note('channel', says, invite)];
}
