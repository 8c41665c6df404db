/** The people behind the ids that may decide, ask and run Hallpass, read from Slack. approvers.ts judges them. */
import pMap from 'p-map';
import type { Config } from '../../../config/config.js';
import { isGroup, type Principal } from '../../../domain/policy/policy.js';
import { coerceError } from '../../../errors.js';
import { MessengerError } from '../../../messenger/errors.js';
import type { Messenger } from '../../../messenger/messenger.js';
import type { GroupSeen, SlackProbe } from '../../../messenger/probe.js';
import { unfit } from '../../deciding/accounts.js';
import { namedPrincipals } from '../configured.js';
import { type Finding, failed, note } from '../finding.js';

const AT_ONCE = 4;
/** People who are looked up: Slack allows about a hundred a minute. */
const MOST_PEOPLE = 80;
/** Members of each group who are looked up: one who can decide is enough. */
const MOST_OF_GROUP = 5;

/** `unread`: Slack did not say, or was not asked. */
type Account = 'fit' | 'missing' | 'unread' | NonNullable<ReturnType<typeof unfit>>;

/** What Slack says of the ids in the configuration. */
export interface Known {
  /** null: the groups could not be read. */
  readonly groups: ReadonlyMap<string, GroupSeen> | null;
  account(userId: string): Account;
  /** Their confirmed address; null when it is not known. */
  email(userId: string): string | null;
  /** Why groups or people could not be read, or were not. */
  readonly findings: readonly Finding[];
}

/** Never throws. */
export async function readKnown(
  config: Pick<Config, 'targets' | 'operators' | 'people'>,
  slack: Pick<Messenger, 'person'> & Pick<SlackProbe, 'groups'>,
): Promise<Known> {
  const principals = namedPrincipals(config);
  const findings: Finding[] = [];
  const groups = principals.some(isGroup) ? await readGroups(slack, findings) : new Map();
  const wanted = new Set([
    ...principals.flatMap((principal) =>
      isGroup(principal)
        ? (groups?.get(principal.id)?.members.slice(0, MOST_OF_GROUP) ?? [])
        : [principal.id],
    ),
    ...config.people.keys(),
  ]);
  const asked = [...wanted].slice(0, MOST_PEOPLE);
  const accounts = new Map(
    await pMap(asked, async (id) => [id, await readAccount(id, slack)] as const, { concurrency: AT_ONCE }),
  );
  const said = (userId: string) => accounts.get(userId) ?? UNREAD;
  const rest = wanted.size - asked.length;
  if (rest > 0) {
    const says = `Not tried, for their number: whether ${rest} more people of the configuration are in Slack.`;
    findings.push(note('approvers', says));
  }
  return { groups, account: (id) => said(id).account, email: (id) => said(id).email, findings };
}

async function readGroups(
  slack: Pick<SlackProbe, 'groups'>,
  findings: Finding[],
): Promise<ReadonlyMap<string, GroupSeen> | null> {
  try {
    return await slack.groups();
  } catch (thrown) {
    const error = coerceError(thrown);
    // The missing scope has a finding of its own.
    if (!(error instanceof MessengerError && error.code === 'missing_scope')) {
      findings.push(failed('approvers', error, 'The user groups can’t be read: '));
    }
    return null;
  }
}

interface Said {
  readonly account: Account;
  readonly email: string | null;
}

const UNREAD: Said = { account: 'unread', email: null };

async function readAccount(id: string, slack: Pick<Messenger, 'person'>): Promise<Said> {
  try {
    const person = await slack.person(id);
    return { account: unfit(person) ?? 'fit', email: person.email };
  } catch (thrown) {
    const code = thrown instanceof MessengerError ? thrown.code : null;
    const isMissing = code === 'user_not_found' || code === 'user_not_visible';
    return isMissing ? { account: 'missing', email: null } : UNREAD;
  }
}

/** The people behind a principal, as far as they were looked up; null: Slack didn't say. */
export function peopleBehind({ groups, account }: Known, principal: Principal): readonly string[] | null {
  const { id } = principal;
  if (!isGroup(principal))
    return account(id) === 'unread' ? null : [id].filter((one) => account(one) === 'fit');
  if (groups === null) return null;
  const group = groups.get(id);
  if (group === undefined || group.isDisabled) return [];
  // A member who was not looked up may well be fit.
  return group.members.filter((member) => ['fit', 'unread'].includes(account(member)));
}
