/** What a role can do, in the few lines approvers read before they click; in mrkdwn. */
import { isAbove, worse } from '../../domain/postgres/danger.js';
import {
  addTally,
  type DatabasePreview,
  NO_TALLY,
  type Preview,
  type PreviewResult,
  type Tally,
} from '../../domain/postgres/preview.js';
import { danger } from '../kit/danger.js';
import { code, inline, plainName } from '../kit/text.js';
import { firstOf, plural } from '../kit/words.js';

/** Names in a list; the rest is counted. What is longer than this is rather read in the database itself. */
const MAX_NAMES = 3;
const MAX_NAME = 30;
const MAX_REASONS = 2;
const MAX_LEAKS = 3;
/** A sentence of the inspection, and why a database was not read. */
const MAX_SENTENCE = 150;
const MAX_WHY = 60;
/** The statements that would change something, with what is escaped in them. */
const MAX_SQL = 400;
const DANGER = '*Danger:*';

/**
 * At most six lines and 3,000 characters, for a section of a card or of a modal; one of them names the danger, if any
 * is known. @param result null: what the role can do is not known, or no longer matters.
 */
export function roleLines(
  role: string,
  login: string | null,
  result: PreviewResult | null,
): readonly string[] {
  const power = powerOf(role);
  if (result === null || login === null) return power === null ? [] : [`${DANGER} ${power}.`];
  if (!result.ok) {
    return [`Preview not available: ${inline(result.why, MAX_SENTENCE)}`, ...roleLines(role, login, null)];
  }
  const { preview } = result;
  return [
    `*Access:* ${abilities(preview.databases)}`,
    `*New for ${name(login)}:* ${news(preview.databases)}`,
    `${DANGER} ${dangerOf(preview, role, power)}`,
    databasesRead(preview),
    ...(preview.leaks.length === 0
      ? []
      : [`:warning: *Can outlive the grant:* ${sentences(preview.leaks, MAX_LEAKS)}`]),
    ...alsoUsable(preview, login),
  ];
}

/** The one of these lines that names the danger, where an alert should: of roles that administer, or that Postgres made. */
export function alarmingLine(
  role: string,
  result: PreviewResult | null,
  lines: readonly string[],
): string | null {
  const level = result?.ok ? worse(result.preview.danger, result.preview.unreadDanger ?? 'none') : 'none';
  if (powerOf(role) === null && !isAbove(level, 'write')) return null;
  return lines.find((line) => line.startsWith(DANGER)) ?? null;
}

/** A grant to a login is also one to its members, so approvers see them. */
function alsoUsable({ users = [], moreUsers = 0 }: Preview, login: string): readonly string[] {
  if (users.length === 0) return [];
  const shown = users.map(
    (user) => `${name(user.name)}${user.through === null ? '' : ` through ${name(user.through)}`}`,
  );
  const member = users.length + moreUsers === 1 ? 'member' : 'members';
  // Half a statement is none: what is too long for a card is printed by `hallpass check`.
  const revokes = [...new Set(users.slice(0, MAX_NAMES).map(({ revoke }) => revoke))];
  const sql = revokes.map(code).join(' ');
  const isCut = sql.length > MAX_SQL || sql.includes('…');
  const fix = isCut ? 'To change that, run `hallpass check`.' : `To change that: ${sql}`;
  return [
    `:warning: *Also usable by:* ${firstOf(shown, MAX_NAMES, moreUsers)} (${member} of ${name(login)}). ${fix}`,
  ];
}

function abilities(databases: readonly DatabasePreview[]): string {
  const { read, write, owns } = sumOf(databases);
  return [
    read === 0 ? 'reads nothing' : `reads ${plural(read, 'table')} in ${places(databases, 'read')}`,
    write === 0 ? 'writes nothing' : `writes ${write} in ${places(databases, 'write')}`,
    owns === 0 ? 'owns nothing' : `owns ${owns} in ${places(databases, 'owns')}`,
  ].join('; ');
}

function news(databases: readonly DatabasePreview[]): string {
  const { newRead, newWrite } = sumOf(databases);
  const parts = [
    ...(newRead === 0 ? [] : [`reads ${plural(newRead, 'table')}`]),
    ...(newWrite === 0 ? [] : [`writes ${newRead === 0 ? plural(newWrite, 'table') : newWrite}`]),
  ];
  return parts.length === 0 ? 'no table' : parts.join(', ');
}

/** What a role that Postgres or a provider made stands for, in a sentence; null for ordinary roles. */
function powerOf(role: string): string | null {
  const power = danger(role);
  return power === null ? null : `${code(role)} ${power}`;
}

/** What was not read can only make it worse: by how much, older releases did not say. */
function dangerOf(
  { danger: level, reasons, unread, unreadDanger }: Preview,
  role: string,
  power: string | null,
): string {
  const known = unread.length === 0 || unreadDanger !== undefined ? level : `at least ${level}`;
  // What such a role stands for says more than that it has what it has.
  const others = power === null ? reasons : reasons.filter((reason) => reason !== `has all that ${role} has`);
  const read = others.length === 0 ? null : sentences(others, MAX_REASONS);
  const why = [power, read].filter((each) => each !== null).join('; ');
  const because = why === '' ? known : `${known}: ${why}`;
  const more = unreadDanger !== undefined && isAbove(unreadDanger, level);
  return more ? `${because}; up to ${unreadDanger} by what was not read` : because;
}

function databasesRead({ databases, unread, moreUnread }: Preview): string {
  const names = databases.map((database) => name(database.name));
  const read = `Read in ${firstOf(names, MAX_NAMES)}`;
  if (unread.length === 0) return `${read}.`;
  const missed = unread.map((database) => `${name(database.name)} (${inline(database.why, MAX_WHY)})`);
  return `${read}; not read: ${firstOf(missed, MAX_NAMES, moreUnread)}.`;
}

/** The schemas, with their database where there is more than one to confuse. */
function places(databases: readonly DatabasePreview[], what: 'read' | 'write' | 'owns'): string {
  const holding = databases.filter(({ schemas, others }) =>
    [...schemas, ...(others === null ? [] : [others])].some((tally) => tally[what] > 0),
  );
  const names = holding.flatMap((database) =>
    database.schemas
      .filter((schema) => schema[what] > 0)
      .map((schema) => name(holding.length > 1 ? `${database.name}.${schema.name}` : schema.name)),
  );
  const more = holding.reduce(
    (sum, { others }) => sum + (others !== null && others[what] > 0 ? others.schemas : 0),
    0,
  );
  return firstOf(names, MAX_NAMES, more);
}

function sumOf(databases: readonly DatabasePreview[]): Tally {
  return databases
    .flatMap(({ schemas, others }): readonly Tally[] => (others === null ? schemas : [...schemas, others]))
    .reduce<Tally>(addTally, NO_TALLY);
}

function sentences(all: readonly string[], max: number): string {
  const shown = all.slice(0, max).map((sentence) => inline(sentence, MAX_SENTENCE));
  return [...shown, ...(all.length > max ? [`and ${all.length - max} more`] : [])].join('; ');
}

function name(text: string): string {
  return code(plainName(text, MAX_NAME));
}
