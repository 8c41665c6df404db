/** On call: by PagerDuty, or as a member of a Slack user group that follows a schedule. Each is asked at the same time. */
import type { Config, RoleConfig } from '../../config/config.js';
import type { OnCallRule } from '../../domain/policy/policy.js';
import { asksPagerDuty, mostByGroup, onCallGroups } from '../../domain/policy/rules.js';
import type { Danger } from '../../domain/postgres/danger.js';
import type { AccessRequest } from '../../domain/request/request.js';
import type { Messenger } from '../../messenger/messenger.js';
import type { OnCall, OnCallAnswer } from '../../oncall/on-call.js';
import { groupName } from '../../surfaces/request/rule-words.js';
import { aboveLimit } from './danger-limit.js';
import type { MembersNow } from './members-now.js';
import type { Moment, Rule } from './rule.js';
import type { RuleAnswer } from './rule-answer.js';

/** What it needs of all that there is. */
interface Sources {
  readonly config: Pick<Config, 'people'>;
  readonly onCall: OnCall;
  readonly messenger: Pick<Messenger, 'person'>;
}

export const onCall = {
  name: 'on_call',
  extends: true,
  applies: (policy) => policy.onCall !== null,
  limit: (policy) => policy.onCall?.maxDanger ?? null,

  async ask(
    deps: Sources,
    request: Pick<AccessRequest, 'requester'>,
    role: RoleConfig,
    { danger, members }: Moment,
  ): Promise<RuleAnswer> {
    const { policy } = role;
    const rule = policy.onCall;
    if (rule === null) return NO;
    const groups = onCallGroups(rule);
    // Read while the others are asked: the card waits for all of it.
    if (rule.maxDanger !== null || groups.length > 0) void danger();
    const [byPagerDuty, byGroup] = await Promise.all([
      asksPagerDuty(rule) ? askPagerDuty(deps, request, rule) : NO,
      askGroups(request, rule, members),
    ]);
    const maxMs = Math.min(rule.maxMs, policy.maxMs);
    const answers = [
      await limited(byPagerDuty, rule.maxDanger, role, maxMs, danger, 'is approved by on call here'),
      await limited(byGroup, mostByGroup(rule), role, maxMs, danger, 'is approved by a Slack group here'),
    ];
    return answers.find(({ answer }) => answer === 'yes') ?? unsureOf(answers);
  },
} as const satisfies Rule;

const NO = { answer: 'no' } as const;

async function askPagerDuty(
  { config, onCall: pagerduty, messenger }: Sources,
  { requester }: Pick<AccessRequest, 'requester'>,
  rule: OnCallRule,
): Promise<OnCallAnswer> {
  const id = config.people.get(requester)?.pagerduty ?? null;
  // The address is only needed when the configuration names no PagerDuty user.
  const email =
    id === null
      ? await messenger.person(requester).then(
          (person) => person.email,
          () => null,
        )
      : null;
  return pagerduty.ask({ pagerduty: id, email }, rule);
}

async function askGroups(
  { requester }: Pick<AccessRequest, 'requester'>,
  rule: OnCallRule,
  members: MembersNow,
): Promise<OnCallAnswer> {
  const groups = await Promise.all(
    onCallGroups(rule).map(async (group) => ({ group, said: await members(group) })),
  );
  const through = groups.find(({ said }) => typeof said !== 'string' && said.has(requester));
  if (through !== undefined) return { answer: 'yes', through: groupName(through.group) };
  const unread = groups.flatMap(({ said }) => (typeof said === 'string' ? [said] : []));
  return unread.length === 0 ? NO : { answer: 'unsure', why: unread.join(' ') };
}

/** A yes holds only for a role that can do no more than this; what can't be read about it is no yes. */
async function limited(
  said: OnCallAnswer,
  limit: Danger | null,
  role: RoleConfig,
  maxMs: number,
  danger: Moment['danger'],
  done: string,
): Promise<RuleAnswer> {
  if (said.answer !== 'yes') return said;
  const dangerous = await aboveLimit(role, limit, danger, done);
  return dangerous === null ? { ...said, maxMs } : { answer: 'unsure', why: `${dangerous.why}.` };
}

function unsureOf(answers: readonly RuleAnswer[]): RuleAnswer {
  const whys = new Set(answers.flatMap((each) => (each.answer === 'unsure' ? [each.why] : [])));
  return whys.size === 0 ? NO : { answer: 'unsure', why: [...whys].join(' ') };
}
