/** What is right and wrong with the roles and logins that the configuration names. */
import type { Config, RoleConfig, TargetConfig } from '../../../config/config.js';
import { type Danger, isAbove, worse } from '../../../domain/postgres/danger.js';
import type { Preview } from '../../../domain/postgres/preview.js';
import type { Inspector } from '../../../postgres/inspecting/inspector.js';
import { describeProblems } from '../../../postgres/reading/problems.js';
import type { NamePair, PairFacts, Server } from '../../../postgres/target.js';
import { type Finding, failed, failure, note, ok } from '../finding.js';
import { type Renamed, sayRenamed } from './renamed.js';

/** Every login that the configuration names for this target. */
export function loginsOf(config: Config, target: TargetConfig): readonly string[] {
  const exceptions = [...target.people.values()];
  const everybody = [...config.people].flatMap(([id, { login }]) => (target.people.has(id) ? [] : [login]));
  return [...new Set([...exceptions, ...everybody].filter((login) => login !== null))];
}

/** Each role with one login, and each login with one role: problems concern the one or the other. */
export function pairsOf(config: Config, target: TargetConfig): readonly NamePair[] {
  const roles = [...target.roles.keys()];
  const logins = loginsOf(config, target);
  // Hallpass's own role and login stand in for what the file doesn't name: they are on every server that answers.
  const own = target.connect.user;
  const [firstRole = own, firstLogin = own] = [roles[0], logins[0]];
  return [
    { role: firstRole, login: firstLogin },
    ...roles.slice(1).map((role) => ({ role, login: firstLogin })),
    ...logins.slice(1).map((login) => ({ role: firstRole, login })),
  ];
}

export interface RolesReport {
  /** Roles of the configuration that can be granted. */
  readonly grantable: number;
  /** One of them can change data. */
  readonly writes: boolean;
  readonly findings: readonly Finding[];
}

/**
 * @param renamed what roles and logins of the configuration are called today.
 * @param danger reads what a role can do, and only where there is time for it: null.
 */
export async function checkRoles(
  target: TargetConfig,
  server: Server,
  facts: readonly PairFacts[],
  renamed: Renamed,
  danger: (role: RoleConfig) => Promise<Preview> | null,
): Promise<RolesReport> {
  const problems = facts.flatMap((fact) =>
    describeProblems(server, fact).map((problem) => ({ fact, ...problem })),
  );
  const findings = new Map<string, Finding>();
  for (const { about, sentence, nextStep, fact } of problems) {
    // Hallpass's own role and login stand in where the file names none.
    if (about === 'login' && fact.login === target.connect.user) continue;
    if (about === 'role' && !target.roles.has(fact.role)) continue;
    const level = about === 'login' ? 'note' : 'failure';
    const finding = { about, level, says: sentence, nextStep } as const;
    findings.set(sentence, about === 'server' ? finding : sayRenamed(finding, about, fact[about], renamed));
  }
  const broken = new Set(problems.flatMap(({ about, fact }) => (about === 'role' ? [fact.role] : [])));
  const serverBroken = problems.some(({ about }) => about === 'server');
  const dangers: Finding[] = [];
  let writes = false;
  for (const role of target.roles.values()) {
    if (broken.has(role.role)) continue;
    const { can, found } = await describeDanger(target.key, role, danger);
    dangers.push(...found);
    writes ||= isAbove(can, 'read');
    if (found.some(({ level }) => level === 'failure')) broken.add(role.role);
  }
  const grantable = serverBroken ? 0 : [...target.roles.keys()].filter((role) => !broken.has(role)).length;
  return { grantable, writes, findings: [...findings.values(), ...dangers] };
}

async function describeDanger(
  target: string,
  role: RoleConfig,
  read: (role: RoleConfig) => Promise<Preview> | null,
): Promise<{ readonly can: Danger; readonly found: readonly Finding[] }> {
  const unread = `${role.role}: what it can do`;
  try {
    const preview = await read(role);
    if (preview !== null) return { can: preview.danger, found: describePreview(target, role, preview) };
    return { can: 'none', found: [note('role', `${unread} was not read, for lack of time.`)] };
  } catch (error) {
    return {
      can: 'none',
      found: [{ ...failed('role', error, `${unread} could not be read. `), level: 'note' }],
    };
  }
}

function describePreview(
  target: string,
  { role, policy: { maxDanger } }: RoleConfig,
  preview: Preview,
): readonly Finding[] {
  const { reasons, leaks, unread, moreUnread, unreadDanger = 'none', unreadReason } = preview;
  // Without a limit, nothing is refused for it.
  const counts = maxDanger !== null && isAbove(unreadDanger, maxDanger);
  const danger = counts ? worse(preview.danger, unreadDanger) : preview.danger;
  const reason = danger === preview.danger ? reasons[0] : unreadReason;
  const because = reason === undefined ? '' : `: it ${reason}`;
  const blind = unread.length + moreUnread;
  const unseen = blind === 0 ? '' : `, as far as was read: not ${unread.map(({ name }) => name).join(', ')}`;
  const finding =
    maxDanger !== null && isAbove(danger, maxDanger)
      ? failure(
          'role',
          `${role} is of danger “${danger}”, and at most “${maxDanger}” is granted here${because}.`,
          'Take from the role what makes it so, or raise max_danger.',
        )
      : ok('role', `${role}: can be granted; danger “${danger}”${because}${unseen}.`);
  if (leaks.length === 0) return [finding];
  const says = `${role}: access can outlive a grant: it ${leaks.join('; it ')}.`;
  const nextStep = `Grant a role that has only what is needed: \`hallpass setup-sql ${target} --role NAME …\` makes one.`;
  return [finding, note('role', says, nextStep)];
}

/** Reads by an inspector until `until`, by performance.now(). */
export function readUntil(
  inspector: Inspector,
  until: number,
): (role: RoleConfig) => Promise<Preview> | null {
  return ({ role, terms }) =>
    performance.now() > until ? null : inspector.preview({ role, login: null, setRole: terms.setRole });
}
