/** Who can decide a request, and why nobody can. What Slack doesn't say at present counts as "somebody may". */
import { isGroup, mayDecide, type Principal } from '../../domain/policy.js';
import type { AccessRequest, CantDecide } from '../../domain/request.js';
import { MessengerError } from '../../messenger/errors.js';
import { unfit } from '../deciding/accounts.js';
import { knownAs } from '../deciding/logins.js';
import type { Deps } from '../deps.js';
import { type GroupRead, isUnknownPerson, type PeopleReader } from './people-reader.js';

/** Slack is asked about so many people at the most; among more there is somebody who can. */
const MOST_LOOKED_AT = 50;

interface Deciders {
  /** Slack user ids. */
  readonly people: readonly string[];
  /** Why nobody can; empty when somebody can, or may. */
  readonly nobody: readonly CantDecide[];
}

/** @param how `most`: stops when so many are found; `thorough`: also looks for other accounts by the requester's address. */
export async function findDeciders(
  { config }: Pick<Deps, 'config'>,
  reader: PeopleReader,
  request: AccessRequest,
  approvers: readonly Principal[],
  { most, thorough }: { readonly most: number; readonly thorough: boolean },
): Promise<Deciders> {
  const people = new Set<string>();
  const nobody: CantDecide[] = [];
  let unsure = false;
  let looked = 0;
  const requester = thorough ? await reader.person(request.requester) : null;
  const email = requester === null || requester instanceof Error ? null : requester.email;

  /** Why this one can't; null: they can, or nothing is known against them. */
  async function whyNot(id: string): Promise<CantDecide['because'] | null> {
    if (id === request.requester) return 'requester';
    if (++looked > MOST_LOOKED_AT) return null;
    const person = await reader.person(id);
    if (person instanceof Error) return isUnknownPerson(person) ? 'left' : null;
    if (unfit(person) !== null) return 'left';
    const facts = { userId: id, ...knownAs(config, request.target, person), groups: new Map() };
    const may = mayDecide([{ id, name: null }], facts, { ...request, email });
    return may.ok ? null : 'same_person';
  }

  for (const approver of approvers) {
    const group = isGroup(approver) ? await reader.group(approver.id) : null;
    const ids = group === null ? [approver.id] : group.members;
    if (ids === null) {
      const unread = whyUnread(group);
      if (unread === null) unsure = true;
      else nobody.push({ approver, ...unread });
      continue;
    }
    const reasons = new Set<CantDecide['because']>();
    for (const id of ids) {
      const because = await whyNot(id);
      if (because === null) people.add(id);
      else reasons.add(because);
      if (people.size >= most) return { people: [...people], nobody: [] };
    }
    // Of a group with several reasons, that they left is the one that an operator can do something about.
    const [because = 'empty'] = reasons.has('left') ? ['left' as const] : reasons;
    nobody.push({ approver, because, fix: null });
  }
  return { people: [...people], nobody: unsure || people.size > 0 ? [] : nobody };
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
