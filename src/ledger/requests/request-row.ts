/**
 * The columns of `requests`, each written down once. From this table follow what is read, what a transition writes, and
 * how a row becomes a request and a request a row. Add a column here after its migration. A column is named in camel
 * case here, in SQL results and in the JSON that is written; `toSql` gives its name in the table.
 */
import { z } from 'zod';
import { DANGERS } from '../../domain/postgres/danger.js';
import { CANT_DECIDE } from '../../domain/request/asking.js';
import { type GrantTerms, SESSIONS } from '../../domain/request/grant-terms.js';
import { type AccessRequest, RULE_NAMES } from '../../domain/request/request.js';
import { STATES, type Why } from '../../domain/request/request-state.js';
import { LedgerError } from '../pool.js';

/** Postgres's type of each column that a transition may change. The others stay as they were inserted. */
const changing = z.registry<{ readonly type: string }>();

const bigint = () => z.number().register(changing, { type: 'bigint' });
const text = () => z.string().nullable().register(changing, { type: 'text' });
const time = () => z.date().nullable().register(changing, { type: 'timestamptz' });
const oid = () => z.number().nullable().register(changing, { type: 'oid' });
const word = <const T extends readonly string[]>(words: T) =>
  z.enum(words).nullable().register(changing, { type: 'text' });
const integer = () => z.number().register(changing, { type: 'int' });
const principal = z.object({ id: z.string(), name: z.string().nullable() });
const rules = z.array(z.object({ from: z.array(principal), count: z.number() }));
/** JSON has only text for a time. */
const jsonTime = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
const approvals = z.array(z.object({ by: z.string(), rule: z.number(), via: z.string(), at: jsonTime }));

/** Columns that hold a field of the request each, under the same name. */
const ALONE = {
  id: z.number(),
  version: integer(),
  state: z.enum(STATES).register(changing, { type: 'text' }),
  trouble: text(),
  target: z.string(),
  role: z.string(),
  login: z.string(),
  requester: z.string(),
  askedIn: z.string().nullable(),
  reason: z.string(),
  wishedMs: z.number(),
  durationMs: bigint(),
  asked: z.array(principal),
  asking: z
    .object({
      approvers: z.array(principal).nullable(),
      unshown: z.object({ channel: z.string(), why: z.string(), fix: z.string().nullable() }).nullable(),
      directly: z.array(z.string()),
      nobody: z.array(
        z.object({ approver: principal, because: z.enum(CANT_DECIDE), fix: z.string().nullable() }),
      ),
    })
    .nullable()
    // It is only shown: what a newer release wrote there must not make the request unreadable.
    .catch(null)
    .register(changing, { type: 'jsonb' }),
  rules: rules.nullable().register(changing, { type: 'jsonb' }),
  danger: word(DANGERS),
  createdAt: z.date(),
  pendingUntil: z.date(),
  stepsTold: integer(),
  stepAt: time(),
  stepToldAt: time(),
  onCallNote: text(),
  decidedAt: time(),
  decidedBy: text(),
  decidedVia: text(),
  decidedRule: word(RULE_NAMES),
  deniedBecause: text(),
  clearedAt: time(),
  grantedAt: time(),
  grantedMs: z.number().nullable().register(changing, { type: 'bigint' }),
  expiresAt: time(),
  warnAt: time(),
  // Written by looks, and by no transition.
  inUse: z.boolean(),
  usedAt: z.date().nullable(),
  sessionMs: z.number(),
  idleToldAt: time(),
  idleEndsAt: time(),
  endedBy: text(),
  endedBecause: text(),
  endedAt: time(),
  extensionAsk: z
    .object({ at: jsonTime, forMs: z.number(), rules, approvals, asked: z.array(principal) })
    .nullable()
    .register(changing, { type: 'jsonb' }),
  extensions: integer(),
  emergency: z
    .object({
      verdict: z.enum(['due', 'justified', 'not_justified']),
      by: z.string().nullable(),
      words: z.string().nullable(),
      asked: z.number(),
    })
    .nullable()
    .register(changing, { type: 'jsonb' }),
  judgeAt: time(),
  mark: text(),
  sessionsBefore: text(),
  reviewAt: time(),
};

/** Columns that make a field of the request together: `joinColumns` reads them, `toRow` writes them. */
const TOGETHER = {
  why: word(['expired', 'relinquished', 'ended', 'removed', 'failed']),
  whyExact: word(['lost', 'replaced', 'written_off', 'idle']),
  server: text(),
  grantorOid: oid(),
  roleOid: oid(),
  memberOid: oid(),
  sessions: word(SESSIONS),
  setRole: z.boolean().nullable().register(changing, { type: 'boolean' }),
  graceMs: z.number().nullable().register(changing, { type: 'bigint' }),
  idleMs: z.number().nullable().register(changing, { type: 'bigint' }),
  usersThrough: z
    .array(z.object({ oid: z.number(), name: z.string() }))
    .nullable()
    .register(changing, { type: 'jsonb' }),
};

const EXTENSION = {
  extension: word(['asked', 'confirmed', 'refused']),
  extendedBy: text(),
  extendedAt: time(),
  extendedFrom: time(),
};

/** null as long as there is none. */
const APPROVALS = { approvals: approvals.nullable().register(changing, { type: 'jsonb' }) };

export const requestRow = z.object({ ...ALONE, ...TOGETHER, ...EXTENSION, ...APPROVALS });

type RequestRow = z.infer<typeof requestRow>;
type Together = Pick<RequestRow, keyof typeof TOGETHER>;

/** What revoking needs to know of a request: little, because thousands may end at the same moment. */
export const endingRow = z.object({
  ...{ id: ALONE.id, target: ALONE.target, state: ALONE.state, trouble: ALONE.trouble },
  sessionsBefore: ALONE.sessionsBefore,
  ...TOGETHER,
  expiresAt: jsonTime.nullable(),
});

const toSql = (column: string): string => column.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

const CHANGING = Object.entries(requestRow.shape).flatMap(([name, reader]) => {
  const type = changing.get(reader)?.type;
  return type === undefined ? [] : [{ name, type }];
});

/** The columns of `requests r` that make an AccessRequest, in SQL. */
export const REQUEST_COLUMNS = Object.keys(requestRow.shape)
  .map((column) => `r.${toSql(column)} as "${column}"`)
  .join(', ');

/** Those of an ending, to be aggregated as JSON, which has no number for an OID. */
export const ENDING_COLUMNS = Object.keys(endingRow.shape)
  .map((column) => `${toSql(column)}${column.endsWith('Oid') ? '::bigint' : ''} as "${column}"`)
  .join(', ');

/** What `toChange` writes, as the definition of a record `c`, and as assignments from it. */
export const CHANGE_COLUMNS = CHANGING.map(({ name, type }) => `"${name}" ${type}`).join(', ');
export const CHANGE_ASSIGNMENTS = CHANGING.map(({ name }) => `${toSql(name)} = c."${name}"`).join(', ');

/** @throws LedgerError when a newer release wrote what this one does not know. */
export function parseRow<T>(schema: z.ZodType<T>, row: unknown): T {
  const parsed = schema.safeParse(row);
  if (parsed.success) return parsed.data;
  throw new LedgerError('a request in the ledger cannot be read by this release of Hallpass', {
    passing: false,
    nextStep: 'Run a release at least as new as the one that migrated the ledger.',
    cause: parsed.error,
  });
}

/**
 * Reads one row of `requests`: as `joinColumns`, and its extension, in one copy, because a target may have 100,000 of them.
 * @throws LedgerError as `parseRow` does
 */
export function toRequest(row: unknown): AccessRequest {
  const {
    why,
    whyExact,
    server,
    grantorOid,
    roleOid,
    memberOid,
    sessions,
    setRole,
    graceMs,
    idleMs,
    usersThrough,
    extension: state,
    extendedBy: by,
    extendedAt: at,
    extendedFrom: from,
    approvals,
    ...alone
  } = parseRow(requestRow, row);
  return Object.assign(alone, {
    why: whyExact ?? why,
    place: whole({ server, grantorOid, roleOid, memberOid }),
    terms: termsIn(whole({ sessions, setRole, graceMs }), idleMs),
    users: usersThrough ?? [],
    extension: whole({ state, by, at, from }),
    approvals: approvals ?? [],
  });
}

/** Makes fields of the columns that belong together; leaves the others as they are. */
export function joinColumns<R extends Together>(row: R) {
  const {
    why,
    whyExact,
    server,
    grantorOid,
    roleOid,
    memberOid,
    sessions,
    setRole,
    graceMs,
    idleMs,
    usersThrough,
    ...alone
  } = row;
  return {
    ...alone,
    why: whyExact ?? why,
    place: whole({ server, grantorOid, roleOid, memberOid }),
    terms: termsIn(whole({ sessions, setRole, graceMs }), idleMs),
    users: usersThrough ?? [],
  };
}

/** `idleMs` may be null where there are terms. */
function termsIn(terms: Omit<GrantTerms, 'idleMs'> | null, idleMs: number | null): GrantTerms | null {
  return terms && { ...terms, idleMs };
}

/** These values; null when one of them is. */
function whole<T extends object>(parts: T): { [K in keyof T]: NonNullable<T[K]> } | null {
  const isWhole = (some: T): some is T & { [K in keyof T]: NonNullable<T[K]> } =>
    !Object.values(some).includes(null);
  return isWhole(parts) ? parts : null;
}

/** The row of a request: the inverse of `toRequest`. */
function toRow({ why, place, terms, users, extension, approvals, ...alone }: AccessRequest) {
  return {
    ...alone,
    ...whyColumns(why),
    ...(place ?? { server: null, grantorOid: null, roleOid: null, memberOid: null }),
    ...(terms ?? { sessions: null, setRole: null, graceMs: null, idleMs: null }),
    usersThrough: users.length === 0 ? null : users,
    extension: extension?.state ?? null,
    extendedBy: extension?.by ?? null,
    extendedAt: extension?.at ?? null,
    extendedFrom: extension?.from ?? null,
    approvals: approvals.length === 0 ? null : approvals,
  } satisfies Record<keyof RequestRow, unknown>;
}

/** A release that doesn't know the exact reason reads the nearest one that it knows. */
function whyColumns(why: Why | null): Pick<RequestRow, 'why' | 'whyExact'> {
  switch (why) {
    case 'lost':
      return { why: 'removed', whyExact: why };
    case 'idle':
      return { why: 'expired', whyExact: why };
    case 'replaced':
    case 'written_off':
      return { why: 'ended', whyExact: why };
    default:
      return { why, whyExact: null };
  }
}

/** The id, and the columns that a transition may change. */
export function toChange(next: AccessRequest): Readonly<Record<string, unknown>> {
  const row: Readonly<Record<string, unknown>> = toRow(next);
  return { id: next.id, ...Object.fromEntries(CHANGING.map(({ name }) => [name, row[name]])) };
}

/** Requests as they stood at `now`, the ledger's clock: the only clock that decides. */
export interface Reading {
  readonly now: Date;
  readonly requests: readonly AccessRequest[];
}

/** The time always comes, in the first row; the rest only when there are requests. */
export interface TimedRow {
  readonly now: Date;
  readonly id: number | null;
}

export function toReading(rows: readonly TimedRow[]): Reading {
  const now = rows[0]?.now;
  if (now === undefined) throw new Error('the ledger did not say what time it is');
  return { now, requests: rows.filter((row) => row.id !== null).map(toRequest) };
}
