/** Which of what waits a person may decide, under today's policy and groups. Read for their Home: the click looks again. */
import { mayDecide, type Principal, rulesFor, unique } from '../../domain/policy/policy.js';
import { askedToo } from '../../domain/request/escalation.js';
import type { AccessRequest } from '../../domain/request/request.js';
import { readUndecided } from '../../ledger/requests/read-requests.js';
import type { Person } from '../../messenger/messenger.js';
import { readGroups } from '../deciding/accounts.js';
import { knownAs } from '../deciding/logins.js';
import type { Deps } from '../deps.js';

/** No more is looked through for one person: a thousand cards wait elsewhere, too. */
const MOST = 1_000;
/** How long Slack may take to say who is in a group, milliseconds; a late answer serves the next time. */
const GROUP_MS = 1_500;

/** The oldest first. */
export async function undecidedFor(
  deps: Pick<Deps, 'config' | 'db' | 'roles' | 'messenger' | 'logger'>,
  person: Person,
): Promise<readonly AccessRequest[]> {
  const { requests } = await readUndecided(deps.db, person.id, MOST);
  const open = requests
    .filter((request) => !isApprovedBy(request, person.id))
    .map((request) => ({ request, deciders: decidersToday(deps, request) }));
  const groups = await readGroups(deps, unique(open.flatMap(({ deciders }) => deciders)), GROUP_MS);
  return open.flatMap(({ request, deciders }) => {
    const decider = { userId: person.id, ...knownAs(deps.config, request.target, person), groups };
    return mayDecide(deciders, decider, { ...request, email: null }).ok ? [request] : [];
  });
}

function isApprovedBy({ approvals, extensionAsk }: AccessRequest, person: string): boolean {
  return (extensionAsk?.approvals ?? approvals).some(({ by }) => by === person);
}

function decidersToday({ roles }: Pick<Deps, 'roles'>, request: AccessRequest): readonly Principal[] {
  const policy = roles.role(request.target, request.role)?.policy;
  if (policy === undefined) return request.asked;
  const rules = rulesFor(policy, {
    durationMs: request.extensionAsk?.forMs ?? request.wishedMs,
    danger: request.danger,
  });
  return askedToo(unique(rules.flatMap(({ from }) => from)), policy.escalate, request.stepsTold);
}
