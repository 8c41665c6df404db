/** What would become of a request, in plain text for a terminal, in the words of its card where it would have one. */

import { sayDuration } from '../../domain/duration.js';
import type { Asked, Evaluation, Need } from '../../domain/policy/evaluate.js';
import { isGroup, type Policy, type Principal } from '../../domain/policy/policy.js';
import { isAbove } from '../../domain/postgres/danger.js';
import type { PreviewResult } from '../../domain/postgres/preview.js';
import type { CantDecide } from '../../domain/request/asking.js';
import { reasonAsks } from '../forms/form-words.js';
import { neededBy } from '../forms/who-is-asked.js';
import { allOf, firstOf, plural } from '../kit/words.js';
import { stillNeeded, whoIsAsked } from '../request/approvals.js';
import { RULE_WORDS } from '../request/rule-words.js';
import { name, people, time, words } from './plain.js';

/** The requester reads it: "Asked to decide". */
const YOU = '';
/** People and groups that are listed one by one; the rest is counted. */
const MAX_LISTED = 10;

export interface Told {
  readonly evaluation: Evaluation;
  /** As Slack shows them, "@ana"; their id while Slack doesn't say. */
  readonly person: string;
  /** Slack user id. */
  readonly personId: string;
  readonly targetName: string;
  readonly role: string;
  readonly login: string | null;
  readonly policy: Policy | null;
  /** It ends after so long without a session, milliseconds; null: never. */
  readonly idleMs: number | null;
  readonly danger: PreviewResult | null;
  readonly wishedMs: number | null;
  readonly at: Date;
  /** Sentences about what was not asked. */
  readonly unasked: readonly string[];
}

/** Paragraphs of lines; the first line of the second one is the answer. */
export function explained(told: Told): readonly (readonly string[])[] {
  const { evaluation, policy } = told;
  const rest = policy === null || evaluation.verdict === 'refuse' ? [] : afterwards(told, policy);
  return [
    [asksFor(told), ...roleLine(told)],
    answer(told),
    ...(evaluation.verdict === 'ask' ? [ifNoOne(evaluation.asked)] : []),
    rest,
    [...(evaluation.verdict === 'refuse' ? [] : evaluation.unsure.map(noYes)), ...told.unasked],
  ].filter((lines) => lines.length > 0);
}

function asksFor({ person, personId, role, targetName, wishedMs, at }: Told): string {
  const long = wishedMs === null ? '' : ` for ${sayDuration(wishedMs)}`;
  const id = person === personId ? '' : ` (${personId})`;
  return `${name(person)}${id} asks for ${name(role)} on ${name(targetName)}${long} at ${time(at)}.`;
}

function roleLine({ login, danger }: Told): readonly string[] {
  if (login === null) return [];
  return [`Login: ${name(login)}. ${danger === null ? '' : sayDanger(danger)}`.trim()];
}

function sayDanger(read: PreviewResult): string {
  if (!read.ok) {
    return `What the role can do could not be read, which counts as the worst: ${words(read.why)}.`;
  }
  const { danger, reasons, unreadDanger } = read.preview;
  const [because] = reasons;
  const more =
    unreadDanger === undefined || !isAbove(unreadDanger, danger)
      ? ''
      : `; what was not read: up to ${unreadDanger}`;
  return `Danger: ${danger}${because === undefined ? '' : `: the role ${words(because)}`}${more}.`;
}

function answer({ evaluation, person, policy, wishedMs }: Told): readonly string[] {
  switch (evaluation.verdict) {
    case 'refuse': {
      const passes = evaluation.obstacles.every(({ unread }) => unread);
      const head = passes ? 'Refused for now, because it can’t be read:' : 'Refused. The form says:';
      return [head, ...evaluation.obstacles.map(({ says }) => `  ${words(says)}`)];
    }
    case 'allow': {
      const cut = wishedMs !== null && evaluation.forMs < wishedMs ? `, not ${sayDuration(wishedMs)}` : '';
      const { by } = RULE_WORDS[evaluation.rule];
      return [
        `Granted at once for ${sayDuration(evaluation.forMs)}${cut}: approved by ${by} (${words(evaluation.through)}); no approver is needed.`,
      ];
    }
    case 'ask':
      return policy === null ? [] : whoDecides(evaluation.asked, policy, person);
  }
}

function whoDecides(shown: Asked, policy: Policy, person: string): readonly string[] {
  const { needs, asked, ifLonger, enough, nobody, cant, unread, sizes } = shown;
  const rules = needs.map(({ rule }) => rule);
  const head = {
    yes: 'Approvers are asked.',
    no: 'Approvers are asked, and not enough people can decide: it waits until it lapses.',
    unread: 'Approvers are asked. Whether enough people can decide could not be read.',
  }[enough];
  return [
    head,
    `  ${whoIsAsked({ rules, approvals: [], asked, name: people }, YOU)}`,
    ...needs.map((need) => `  ${sayNeed(need, policy, asked)}`),
    ...(sizes.length === 0
      ? []
      : [
          `  In Slack: ${sayList(sizes.map(([group, n]) => `${people([group])} has ${n === null ? 'not been read' : plural(n, 'person', 'people')}`))}.`,
        ]),
    ...(nobody.length === 0
      ? []
      : [
          `  In the way: ${sayList(nobody.map(({ approver, because }) => `${people([approver])} ${whyNot(approver, because, person)}`))}.`,
        ]),
    ...(cant.length === 0
      ? []
      : [
          `  Can’t decide: ${sayList(cant.map(([id, because]) => `${name(id)} ${whyNot({ id }, because, person)}`))}.`,
        ]),
    ...(unread.length === 0 ? [] : [`  Not counted, because Slack did not say: ${people(unread)}.`]),
    ...ifLonger.map(
      (extra) =>
        `  Longer than ${sayDuration(extra.overMs ?? 0)} it also needs ${neededBy(extra, policy, people)}.`,
    ),
    ...(policy.quiet.length === 0
      ? []
      : [`  May decide too, and is not mentioned: ${people(policy.quiet)}.`]),
    ...(policy.notify === 'approvers' ? ['  Each approver gets a direct message as well.'] : []),
  ];
}

function sayNeed({ rule, because, extra, can }: Need, policy: Policy, asked: readonly Principal[]): string {
  const why = [
    ...(because.includes('over') ? [`it is longer than ${sayDuration(extra?.overMs ?? 0)}`] : []),
    ...(because.includes('danger')
      ? [`the role is of danger ${extra?.danger} or more, or can’t be read`]
      : []),
  ];
  const needed =
    extra === null
      ? stillNeeded({ rules: [rule], approvals: [], asked, name: people })
      : neededBy(extra, policy, people);
  const added = why.length === 0 ? '' : `, because ${allOf(why)}`;
  const who = can === 0 ? 'no one' : plural(can, 'person', 'people');
  return `${needed}${added}: ${who} can decide.`;
}

/** Why a person, or no one of a group, can decide; as what follows their name. @param person who asks. */
function whyNot({ id }: Pick<Principal, 'id'>, because: CantDecide['because'], person: string): string {
  const own = 'and nobody decides on their own request';
  const isOne = !isGroup({ id, name: null });
  switch (because) {
    case 'requester':
      return isOne ? `asks for it, ${own}` : `has no one but ${name(person)}, ${own}`;
    case 'same_person':
      return isOne
        ? `is another account of ${name(person)}`
        : `has no one but another account of ${name(person)}`;
    case 'left':
      return isOne
        ? 'has left, or is a guest or a bot'
        : 'has only people who have left, or are guests or bots';
    case 'empty':
      return 'has no members';
    case 'missing':
      return 'does not exist in Slack, or is disabled';
    case 'plan':
      return 'can’t be read: Slack tells who is in a group only on a paid plan';
    case 'scope':
      return 'can’t be read: the app lacks the scope usergroups:read';
    case 'too_few':
      return 'has fewer people who can decide than are needed';
  }
}

function sayList(items: readonly string[]): string {
  return firstOf(items, MAX_LISTED);
}

function ifNoOne({ steps, lapsesAt }: Asked): readonly string[] {
  return [
    'If no one decides:',
    ...steps.map(({ at, step: { remind, to, page } }) => {
      const does = [
        ...(remind ? ['reminds those whose approval is missing'] : []),
        ...(to.length === 0 ? [] : [`also asks ${people(to)}`]),
        ...(page ? ['alerts its operators'] : []),
      ];
      return `  ${time(at)}  Hallpass ${allOf(does)}`;
    }),
    `  ${time(lapsesAt)}  it lapses`,
  ];
}

function afterwards({ evaluation, person, wishedMs, idleMs }: Told, policy: Policy): readonly string[] {
  const { extend, maxMs, repeatMs, breakGlass, channels, reasonRequired, reasonRule } = policy;
  const shorter = evaluation.verdict === 'ask' ? evaluation.asked.shorterMs : [];
  const emergency = evaluation.verdict === 'refuse' ? false : evaluation.inEmergency;
  const times = extend.times === null ? '' : ` ${plural(extend.times, 'time')}`;
  const total = extend.totalMs === null ? '' : `, to ${sayDuration(extend.totalMs)} in all`;
  const again = evaluation.verdict === 'allow' ? evaluation.forMs : Math.min(wishedMs ?? maxMs, maxMs);
  return [
    ...(shorter.length === 0
      ? []
      : [`Approvers may approve it for less: ${allOf(shorter.map(sayDuration))}.`]),
    extend.times === 0
      ? 'It can’t be extended.'
      : `Its holder may have it extended${times}, by up to ${sayDuration(again)} each time${total}.`,
    ...(idleMs === null ? [] : [`It ends after ${sayDuration(idleMs)} without a session.`]),
    ...(repeatMs === null || evaluation.verdict !== 'ask'
      ? []
      : [`Approvers may then approve the same again for up to ${sayDuration(repeatMs)}.`]),
    ...(breakGlass !== null && emergency === true
      ? [
          `In an emergency ${name(person)} can have it at once for up to ${sayDuration(Math.min(breakGlass.maxMs, maxMs))}; ${people(breakGlass.review)} can judge it afterwards.`,
        ]
      : []),
    ...(typeof emergency === 'string' ? [words(emergency)] : []),
    ...(channels === null
      ? []
      : [`It has to be asked for in one of these channels: ${firstOf(channels.map(name), MAX_LISTED)}.`]),
    ...(reasonRule === null
      ? []
      : [`${reasonRequired ? 'The' : 'A'} reason has to hold this: ${words(reasonAsks(reasonRule))}.`]),
  ];
}

function noYes(why: string): string {
  return `Not known, so no yes: ${words(why)}`;
}
