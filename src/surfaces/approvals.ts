/** Which approvals a request has, and which it still needs. */
import { type Approval, type ApprovalRule, missingBy } from '../domain/approvals.js';
import type { Principal } from '../domain/policy.js';
import { allOf, plural } from './kit/words.js';
import { inline, mention, mentions, who } from './text.js';

const MAX_NAME = 150;

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
  return allOf(
    rules.flatMap(({ from }, i) => {
      const n = missing[i] ?? 0;
      const named = from.filter(({ id }) => asked.some((each) => each.id === id));
      if (n === 0) return [];
      return [named.length === 0 ? plural(n, 'other approver') : `${n} of ${name(named)}`];
    }),
  );
}

/** "1 of 2: @ben (dba); still needed: 1 of @security"; with no approval yet: "Needs 1 of @dba and 1 of @security". */
export function progress(shown: Progress, reader: string | null): string {
  const { rules, approvals } = shown;
  if (approvals.length === 0) return `Needs ${stillNeeded(shown)}`;
  const total = rules.reduce((sum, { count }) => sum + count, 0);
  const by = approvals.map((approval) => approver(approval, rules, reader)).join(', ');
  return `${approvals.length} of ${total}: ${by}; still needed: ${stillNeeded(shown)}`;
}

/** "@ben (dba)", or the mention alone for someone the policy names. */
export function approver(
  { by, via, rule }: Approval,
  rules: readonly ApprovalRule[],
  reader: string | null,
): string {
  const name = who(by, reader);
  if (via === 'named') return name;
  const group = rules[rule]?.from.find(({ id }) => id === via);
  return `${name} (${group === undefined ? inline(via, MAX_NAME) : mention(group.id)})`;
}
