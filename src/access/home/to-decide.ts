/**
 * Which of what waits a person may decide or review, under today's policy and groups. Read for their Home: the click looks
 * again.
 */
import { mayDecide, type Principal, qualifies, rulesFor, unique } from '../../domain/policy/policy.js';
import { askedToo } from '../../domain/request/escalation.js';
import type { AccessRequest } from '../../domain/request/request.js';
import type { Person } from '../../messenger/messenger.js';
import { readGroups } from '../deciding/accounts.js';
import { knownAs } from '../deciding/logins.js';
import { reviewersOf } from '../deciding/reviewers.js';
import type { Deps } from '../deps.js';
import { whoSeeOthers } from './of-others.js';
import type { Round } from './round.js';

type DecideDeps = Pick<Deps, 'config' | 'db' | 'roles' | 'messenger' | 'logger'>;

/** How long Slack may take to say who is in a group, milliseconds; a late answer serves the next time. */
const GROUP_MS = 1_500;

export interface ForThem {
  /** The oldest first. */
  readonly decide: readonly AccessRequest[];
  readonly review: readonly AccessRequest[];
  readonly isOperator: boolean;
  /** They may come to see what others ask for or have. */
  readonly ofOthers: boolean;
  /** Groups of which Slack didn't say who is in them, and that would matter. */
  readonly unread: readonly Principal[];
}

export async function readForThem(deps: DecideDeps, person: Person, round: Round): Promise<ForThem> {
  const { config } = deps;
  const [undecided, unjudged] = await Promise.all([round.undecided(), round.unjudged()]);
  const open = undecided
    .filter((request) => request.requester !== person.id && !isApprovedBy(request, person.id))
    .map((request) => ({ request, by: decidersToday(deps, request) }));
  const due = unjudged
    .filter((request) => request.requester !== person.id)
    .map((request) => ({ request, by: reviewersOf(deps, request) }));
  const others = whoSeeOthers(config);
  const groups = await readGroups(
    deps,
    unique([...[...open, ...due].flatMap(({ by }) => by), ...config.operators, ...others.principals]),
    GROUP_MS,
  );
  const unread = new Map<string, Principal>();
  const isOneOf = (principals: readonly Principal[], request: AccessRequest | null): boolean => {
    const known = { userId: person.id, groups };
    const may =
      request === null
        ? qualifies(principals, known)
        : mayDecide(
            principals,
            { ...known, ...knownAs(config, request.target, person) },
            { ...request, email: null },
          );
    if (!may.ok && may.code === 'group_unknown') for (const group of may.groups) unread.set(group.id, group);
    return may.ok;
  };
  const decide = open.flatMap(({ request, by }) => (isOneOf(by, request) ? [request] : []));
  const review = due.flatMap(({ request, by }) => (isOneOf(by, request) ? [request] : []));
  const isOperator = isOneOf(config.operators, null);
  const missing = [...unread.values()];
  const mayBe = qualifies(others.principals, { userId: person.id, groups });
  const isNone = !others.isCut && !mayBe.ok && mayBe.code === 'not_an_approver';
  const ofOthers = !isNone || decide.length + review.length > 0 || isOperator || missing.length > 0;
  return { decide, review, isOperator, ofOthers, unread: missing };
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
