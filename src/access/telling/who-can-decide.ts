/** Who can decide a request, and why not enough people can. What Slack doesn't say at present counts as "they may". */

import { type ApprovalRule, type Approver, tally } from '../../domain/policy/approvals.js';
import { isGroup, mayDecide, servesRules, unique } from '../../domain/policy/policy.js';
import { type Account, personsBehind } from '../../domain/policy/same-person.js';
import type { CantDecide } from '../../domain/request/asking.js';
import type { AccessRequest } from '../../domain/request/request.js';
import { MessengerError } from '../../messenger/errors.js';
import { unfit } from '../deciding/accounts.js';
import { knownAs } from '../deciding/logins.js';
import type { Deps } from '../deps.js';
import { type GroupRead, isUnknownPerson, type PeopleReader } from './people-reader.js';

/** Slack is asked about so many people at the most; among more there is somebody who can. */
const MOST_LOOKED_AT = 50;

interface Deciders {
  /** Slack user ids: accounts, of which a person may have several. */
  readonly people: readonly string[];
  /** Of these, as far as Slack said: which are one person's. */
  readonly accounts: readonly Account[];
  /** Why there aren't enough; empty when there are, or may be. */
  readonly nobody: readonly CantDecide[];
  /** Who can't, of those looked at, and why. */
  readonly cant: ReadonlyMap<string, CantDecide['because']>;
  /** Of these Slack didn't say who they are: they are among those who can. */
  readonly unread: ReadonlySet<string>;
}

/** @param how `most`: so many are looked for, even if fewer are enough; `thorough`: also looks for other accounts by the requester's address. */
export async function findDeciders(
  { config }: Pick<Deps, 'config'>,
  reader: PeopleReader,
  request: Pick<AccessRequest, 'requester' | 'target' | 'login'>,
  rules: readonly ApprovalRule[],
  { most, thorough }: { readonly most: number; readonly thorough: boolean },
): Promise<Deciders> {
  const approvers = unique(rules.flatMap(({ from }) => from));
  const reads = new Map<string, GroupRead>();
  for (const { id } of approvers.filter(isGroup)) reads.set(id, await reader.group(id));
  const groups = new Map([...reads].map(([id, { members }]) => [id, members]));
  const requester = thorough ? await reader.person(request.requester) : null;
  const email = requester === null || requester instanceof Error ? null : requester.email;
  const deciders = new Map<string, Approver>();
  const reasons = new Map<string, CantDecide['because']>();
  const unread = new Set<string>();
  /** Of those looked at. */
  const accounts = new Map<string, Account>();
  let looked = 0;

  /** Why this one can't; null: they can, or nothing is known against them. */
  async function whyNot(id: string): Promise<CantDecide['because'] | null> {
    if (id === request.requester) return 'requester';
    if (++looked > MOST_LOOKED_AT) return null;
    const person = await reader.person(id);
    if (person instanceof Error) {
      if (isUnknownPerson(person)) return 'left';
      unread.add(id);
      return null;
    }
    if (unfit(person) !== null) return 'left';
    const account = { userId: id, ...knownAs(config, request.target, person) };
    const may = mayDecide([{ id, name: null }], { ...account, groups: new Map() }, { ...request, email });
    if (may.ok) accounts.set(id, account);
    return may.ok ? null : 'same_person';
  }

  /** As approvals are counted: two accounts of one person are one. */
  const counted = () => tally(rules, personsBehind([...deciders.values()], [...accounts.values()]));
  const found = () => ({
    people: [...deciders.keys()],
    accounts: [...accounts.values()],
    cant: reasons,
    unread,
  });
  const isEnough = () => deciders.size >= most && counted().met;
  for (const approver of approvers) {
    for (const id of groups.get(approver.id) ?? (isGroup(approver) ? [] : [approver.id])) {
      if (isEnough()) return { ...found(), nobody: [] };
      if (deciders.has(id) || reasons.has(id)) continue;
      const because = await whyNot(id);
      if (because !== null) reasons.set(id, because);
      else {
        const serves = servesRules(rules, { userId: id, groups }).map(({ rule }) => rule);
        deciders.set(id, { userId: id, serves });
      }
    }
  }
  const { missing } = counted();
  const short = unique(rules.flatMap(({ from }, i) => ((missing[i] ?? 0) > 0 ? from : [])));
  const nobody = short.flatMap((approver): readonly (CantDecide | null)[] => {
    const read = reads.get(approver.id);
    if (read?.members === null) {
      const why = whyUnread(read);
      return [why && { approver, ...why }];
    }
    const ids = [...(read?.members ?? [approver.id])];
    const because = ids.some((id) => deciders.has(id))
      ? 'too_few'
      : worstOf(ids.map((id) => reasons.get(id)));
    return [{ approver, because, fix: null }];
  });
  // A group that Slack will tell of later may have who is missing.
  const known = nobody.includes(null) ? [] : nobody.filter((each) => each !== null);
  return { ...found(), nobody: known };
}

/** Of a group with several reasons, that they left is the one that an operator can do something about. */
function worstOf(reasons: readonly (CantDecide['because'] | undefined)[]): CantDecide['because'] {
  return reasons.includes('left') ? 'left' : (reasons.find((reason) => reason !== undefined) ?? 'empty');
}

/** Why Slack won't list a group until someone fixes it; null: it passes, or isn't about the group. */
function whyUnread(group: GroupRead | null): Omit<CantDecide, 'approver'> | null {
  if (group === null || group.members !== null || !(group.error instanceof MessengerError)) return null;
  const because = LASTING.get(group.error.code);
  return because === undefined ? null : { because, fix: group.error.nextStep };
}

/** Errors of usergroups.users.list, by what they say of the group. */
const LASTING: ReadonlyMap<string, CantDecide['because']> = new Map([
  ['no_such_subteam', 'missing'],
  ['subteam_not_found', 'missing'],
  ['plan_upgrade_required', 'plan'],
  ['paid_teams_only', 'plan'],
  ['missing_scope', 'scope'],
]);
