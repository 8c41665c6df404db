/** Which approvals a request has, and which it still needs. */
import { type Approval, type ApprovalRule, missingBy } from '../../domain/policy/approvals.js';
import type { Principal } from '../../domain/policy/policy.js';
import { inline, mention, mentions, who } from '../kit/text.js';
import { allOf, firstOf, plural } from '../kit/words.js';

const MAX_NAME = 60;
/** Rules in a sentence, each with ten people or groups at most: a section takes 3000 characters. */
const MOST_LISTED = 5;
/** Approvals in a sentence; the rest is counted. */
const MOST_APPROVALS = 5;

interface Progress {
  readonly rules: readonly ApprovalRule[];
  readonly approvals: readonly Approval[];
  /** Those whom a message mentions; the others may decide too, and aren't named. */
  readonly asked: readonly Principal[];
  /** How they are named; by mentions unless it says otherwise. */
  readonly name?: (principals: readonly Principal[]) => string;
}

/** Does it take one approval, of any of those asked? Then "Can decide: @dba" says it all. */
export function isPlain(rules: readonly ApprovalRule[]): boolean {
  return rules.length === 1 && rules[0]?.count === 1;
}

/** "Can decide: @dba", to the requester "Asked to decide: @dba"; of several approvals, how far they are. */
export function whoIsAsked(shown: Progress, reader: string | null): string {
  const { rules, asked, name = mentions } = shown;
  if (isPlain(rules)) return `${reader === null ? 'Can decide' : 'Asked to decide'}: ${name(asked)}`;
  return progress(shown, reader);
}

/** "1 of @dba and 2 of @security". */
export function stillNeeded({ rules, approvals, asked, name = mentions }: Progress): string {
  const missing = missingBy(rules, approvals);
  const open = rules.flatMap(({ from }, i) => {
    const n = missing[i] ?? 0;
    const named = from.filter(({ id }) => asked.some((each) => each.id === id));
    if (n === 0) return [];
    return [{ n, words: named.length === 0 ? plural(n, 'other approver') : `${n} of ${name(named)}` }];
  });
  const listed = open.slice(0, MOST_LISTED).map(({ words }) => words);
  const more = open.slice(MOST_LISTED).reduce((sum, { n }) => sum + n, 0);
  return more === 0 ? allOf(listed) : `${listed.join(', ')} and ${plural(more, 'more approval')}`;
}

/** "1 of 2: @ben (dba); still needed: 1 of @security"; with no approval yet: "Needs 1 of @dba and 1 of @security". */
export function progress(shown: Progress, reader: string | null): string {
  const { rules, approvals } = shown;
  if (approvals.length === 0) return `Needs ${stillNeeded(shown)}`;
  const total = rules.reduce((sum, { count }) => sum + count, 0);
  return `${approvals.length} of ${total}: ${approversOf(shown, reader)}; still needed: ${stillNeeded(shown)}`;
}

/** "@ben (dba), @cora (security)". */
export function approversOf(
  { rules, approvals }: Pick<Progress, 'rules' | 'approvals'>,
  reader: string | null,
): string {
  return firstOf(
    approvals.map((approval) => approver(approval, rules, reader)),
    MOST_APPROVALS,
  );
}

/** "@ben (dba)", or the mention alone for someone the policy names. */
function approver(
  { by, via, rule }: Approval,
  rules: readonly ApprovalRule[],
  reader: string | null,
): string {
  const name = who(by, reader);
  if (via === 'named') return name;
  const group = rules[rule]?.from.find(({ id }) => id === via);
  return `${name} (${group === undefined ? inline(via, MAX_NAME) : mention(group.id)})`;
}
