/** A grant in each format; docs/audit.md says what each column means. */
import { shortDuration } from '../../domain/duration.js';
import { requestName, ruleOf } from '../../domain/request/request.js';
import type { OpenGrant } from '../../ledger/requests/read-grants.js';
import { RULE_WORDS } from '../../surfaces/request/rule-words.js';
import { name, through, time, words } from '../../surfaces/terminal/plain.js';
import { csvLine } from '../shared/csv.js';
import { wrap } from '../shared/output.js';
import { Columns } from '../shared/table.js';

interface Format {
  readonly head: () => string;
  readonly lines: (grants: readonly OpenGrant[]) => string;
}

/** Each call makes one for a whole report: the table's columns depend on what it has printed already. */
export const FORMATS = {
  table: createTable,
  csv: () => ({ head: () => csvLine(Object.keys(COLUMNS)), lines: (grants) => grants.map(toCsv).join('') }),
  jsonl: () => ({
    head: () => '',
    lines: (grants) => grants.map((grant) => `${toJson(grant)}\n`).join(''),
  }),
} as const satisfies Record<string, () => Format>;

/** The columns of CSV and JSON lines, in their order. */
const COLUMNS = {
  id: ({ id }) => requestName(id),
  person: ({ person }) => person,
  login: ({ login }) => login,
  target: ({ target }) => target,
  role: ({ role }) => role,
  askedSeconds: ({ askedSeconds }) => askedSeconds,
  heldSeconds: ({ heldSeconds }) => heldSeconds,
  sessionSeconds: ({ sessionSeconds }) => sessionSeconds,
  reason: ({ reason }) => reason,
  approvedBy: (grant) => wordsOfRule(grant)?.name ?? grant.decidedBy,
  approvedThrough: ({ decidedVia }) => decidedVia,
  approvedAt: ({ decidedAt }) => decidedAt,
  extendedBy: ({ extendedBy }) => extendedBy,
  extendedAt: ({ extendedAt }) => extendedAt,
  grantedAt: ({ grantedAt }) => grantedAt,
  endedAt: ({ endedAt }) => endedAt,
  why: ({ why }) => why,
  endedBy: ({ endedBy }) => endedBy,
  sessionsEnded: ({ sessionsEnded }) => sessionsEnded,
  danger: ({ danger }) => danger,
  emergency: ({ emergency }) => emergency,
  verdict: ({ emergency, verdict }) => (emergency ? verdict : null),
  reviewer: ({ reviewer }) => reviewer,
  reviewerWords: ({ reviewerWords }) => reviewerWords,
} as const satisfies Record<string, (grant: OpenGrant) => string | number | boolean | Date | null>;

/** What is said of the rule that approved it; null when people did, or when that isn't known. */
function wordsOfRule(grant: OpenGrant) {
  const rule = ruleOf(grant);
  return rule === null ? null : RULE_WORDS[rule];
}

function toCsv(grant: OpenGrant): string {
  return csvLine(Object.values(COLUMNS).map((cellOf) => cellOf(grant)));
}

function toJson(grant: OpenGrant): string {
  return JSON.stringify(
    Object.fromEntries(Object.entries(COLUMNS).map(([column, cellOf]) => [column, cellOf(grant)])),
  );
}

function createTable(): Format {
  const columns = new Columns();
  const head = ['GRANT', 'LOGIN', 'TARGET', 'ROLE', 'GRANTED', 'HELD', 'ENDED'];
  let count = 0;
  return {
    head: () => '',
    lines(grants) {
      const [first = '', ...lines] = columns.align([head, ...grants.map(toCells)]);
      const shown = grants.map((grant, i) => [lines[i] ?? '', ...detailsOf(grant)].join('\n')).join('\n');
      count += grants.length;
      return `${count === grants.length ? `${first}\n` : ''}${shown}\n`;
    },
  };
}

function toCells({
  id,
  login,
  target,
  role,
  grantedAt,
  heldSeconds,
  endedAt,
  why,
}: OpenGrant): readonly string[] {
  const end = endedAt === null ? (why === null ? 'not yet' : `not yet (${name(why)})`) : name(why ?? 'ended');
  const held = shortDuration(heldSeconds * 1000);
  return [requestName(id), name(login), name(target), name(role), time(grantedAt), held, end];
}

function detailsOf(grant: OpenGrant): readonly string[] {
  const { person, askedSeconds, decidedBy, decidedVia, extendedBy, endedAt, endedBy } = grant;
  const indent = ' '.repeat('R-1042  '.length);
  const by = wordsOfRule(grant)?.by ?? (decidedBy === null ? null : name(decidedBy));
  const approved = by === null ? '' : `; approved by ${by}${through(decidedVia)}`;
  const extended = extendedBy === null ? '' : `; extended by ${name(extendedBy)}`;
  const ended =
    endedAt === null ? '' : `ended ${time(endedAt)}${endedBy === null ? '' : ` by ${name(endedBy)}`}; `;
  const open =
    grant.sessionSeconds === 0 ? '' : `a session open for ${shortDuration(grant.sessionSeconds * 1000)}; `;
  const sessions = grant.sessionsEnded === null ? '' : `sessions ended: ${grant.sessionsEnded}; `;
  return [
    `why: ${words(grant.reason) || 'no reason was given'}`,
    `${name(person)} asked for ${shortDuration(askedSeconds * 1000)}${approved}${extended}`,
    `${ended}${open}${sessions}danger: ${name(grant.danger ?? 'unknown')}`,
    ...(grant.emergency ? [emergencyOf(grant)] : []),
  ].map((line) => indent + wrap(line, indent));
}

function emergencyOf({ verdict, reviewer, reviewerWords }: OpenGrant): string {
  if (reviewer === null) return 'emergency: not reviewed yet';
  const found = verdict === 'justified' ? 'justified' : 'not justified';
  return `emergency: ${found}, says ${name(reviewer)}: ${words(reviewerWords ?? '')}`;
}
