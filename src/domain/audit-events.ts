/**
 * Audit events, read back as the events of the state table that wrote them: what a request's history makes of it is
 * then asked of that one table again, and is written down nowhere else. Pure; whatever an event holds may be forged.
 */
import { z } from 'zod';
import type { AccessRequest, MembershipId } from './request.js';
import type { OperatorsWord, RequestEvent } from './request-events.js';

/** An audit event of a request. `at`: when its transaction began. */
export interface Told {
  readonly id: number;
  readonly at: Date;
  readonly kind: string;
  readonly actor: string | null;
  /** Unchecked; null also when it is too large to be one that Hallpass wrote. */
  readonly data: unknown;
}

/** What an audit event says happened. */
export interface Happened {
  readonly event: RequestEvent;
  /** The ledger's clock as it must have been read. */
  readonly now: Date;
  /** When the access ends from then on, when the event says it. */
  readonly ends?: Date;
  /** What the request must have been, beyond what its events hold. */
  readonly given?: Partial<AccessRequest>;
}

/** @returns a sentence when no such event can have been written. */
type Read = (told: Told, request: AccessRequest) => Happened | string;

interface Reader {
  readonly kind: string;
  readonly read: Read;
}

/** Between reading the clock and beginning to write: no longer than a statement may wait for a ledger that is slow. */
export const SLACK_MS = 60_000;

/** Undecided requests lapse by a deadline that no event holds. */
const NEVER = new Date(8.64e15);

const INCOMPLETE = 'does not say what such an event says';

const moment = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
const place = z.object({
  server: z.string(),
  grantorOid: z.number(),
  roleOid: z.number(),
  memberOid: z.number(),
}) satisfies z.ZodType<MembershipId>;
const terms = z.object({
  sessions: z.enum(['auto', 'all', 'leave']),
  setRole: z.boolean(),
  graceMs: z.number(),
});
const decided = z.object({ via: z.string(), durationMs: z.number() });
const shift = z.object({ through: z.string(), durationMs: z.number() });
const trouble = z.object({ trouble: z.string() });
const until = z.object({ expiresAt: moment });
const extended = until.extend({ via: z.string(), from: moment });
const proof = z.object({ found: z.boolean(), closed: z.number(), prepared: z.array(z.string()) });

/** An operator's word: `by` is a user of the operating system. */
const word = z.object({ by: z.string(), because: z.string().nullable() });

/** Who asked for what, as `submitted` says it. */
export const submitted = z.object({
  target: z.string(),
  role: z.string(),
  login: z.string(),
  reason: z.string(),
  wishedMs: z.number(),
  asked: z.array(z.object({ id: z.string(), name: z.string().nullable() })),
});

/** What a server remembered of a grant that the ledger had lost. */
export const recovered = until.extend({ server: z.string() });

/** As `word`, where an operator always says why. */
const operators = z.object({ by: z.string(), because: z.string() }) satisfies z.ZodType<OperatorsWord>;

/** Who ended it: a person in Slack, Hallpass (null), or an operator from the command line. */
function enderOf({ actor, data }: Told): { readonly by: string | null; readonly because?: string } {
  return operators.safeParse(data).data ?? { by: actor };
}

/** An event that needs nothing but its time, and who did it. */
function plain(kind: string, event: (actor: string | null, told: Told) => RequestEvent | null): Reader {
  return {
    kind,
    read: (told) => {
      const { at, actor } = told;
      const made = event(actor, told);
      return made === null ? INCOMPLETE : { event: made, now: at };
    },
  };
}

/** An event that needs what was kept with it. */
function kept<T>(
  kind: string,
  schema: z.ZodType<T>,
  happened: (data: T, told: Told, request: AccessRequest) => Happened | string,
): Reader {
  return {
    kind,
    read: (told, request) => {
      const data = schema.safeParse(told.data);
      return data.success ? happened(data.data, told, request) : INCOMPLETE;
    },
  };
}

const open = { pendingUntil: NEVER };

/** null: it changes nothing that a request is compared by. One for each event, so that a new one can't be forgotten. */
const READERS: { readonly [T in RequestEvent['type']]: Reader | null } = {
  approve: kept('approved', decided, ({ via, durationMs }, { at, actor }) =>
    actor === null
      ? INCOMPLETE
      : { event: { type: 'approve', by: actor, via, maxMs: durationMs }, now: at, given: open },
  ),
  approve_on_call: kept('approved_on_call', shift, ({ through, durationMs }, { at }) => ({
    event: { type: 'approve_on_call', through, maxMs: durationMs },
    now: at,
    given: open,
  })),
  cleared: null,
  on_call_said: null,
  asking: null,
  deny: kept('denied', z.object({ via: z.string() }), ({ via }, { at, actor }) =>
    actor === null ? INCOMPLETE : { event: { type: 'deny', by: actor, via }, now: at, given: open },
  ),
  withdraw: {
    kind: 'withdrawn',
    read: (told) => ({ event: { type: 'withdraw', ...enderOf(told) }, now: told.at, given: open }),
  },
  lapse: {
    kind: 'lapsed',
    read: ({ at }) => ({ event: { type: 'lapse' }, now: at, given: { pendingUntil: at } }),
  },
  previewed: null,
  // Release 0.1.0 could write a place over another.
  intend: kept('grant_intended', place.and(terms), (data, { at }) => ({
    event: { type: 'intend', place: place.parse(data), terms: terms.parse(data) },
    now: at,
    given: { place: null },
  })),
  granted: kept('granted', until, ({ expiresAt }, { at }, { durationMs }) => {
    const late = expiresAt.getTime() - at.getTime() - durationMs;
    if (late > SLACK_MS) return 'gives access for longer than was approved';
    const now = new Date(expiresAt.getTime() - durationMs);
    return { event: { type: 'granted', mark: '', users: [] }, now, ends: expiresAt };
  }),
  grant_failed: kept('grant_failed', trouble, (data, { at }) => ({
    event: { type: 'grant_failed', trouble: data.trouble },
    now: at,
  })),
  relinquish: plain('relinquished', (by) => (by === null ? null : { type: 'relinquish', by })),
  end: plain('end_asked', (_, told) => ({ type: 'end', ...enderOf(told) })),
  extend: kept('extended', extended, ({ via, from, expiresAt }, { at, actor }, request) => {
    if (actor === null) return INCOMPLETE;
    const more = expiresAt.getTime() - at.getTime();
    if (more > request.wishedMs + SLACK_MS) return 'extends access by more than was asked for';
    if (from.getTime() !== request.expiresAt?.getTime()) {
      return `extends access that ended at ${from.toISOString()}, and it ended at ${request.expiresAt?.toISOString() ?? 'no time'}`;
    }
    const maxMs = Math.min(more, request.wishedMs);
    const now = new Date(expiresAt.getTime() - maxMs);
    return { event: { type: 'extend', by: actor, via, maxMs }, now, ends: expiresAt };
  }),
  extended: plain('extension_confirmed', () => ({ type: 'extended' })),
  extension_refused: kept(
    'extension_refused',
    until.extend({ trouble: z.string() }),
    (data, { at }, { extension }) => {
      const from = extension?.from.getTime() ?? 0;
      const ends = data.expiresAt.getTime();
      if (ends < from || ends - Math.max(from, at.getTime()) > SLACK_MS) return 'gives the grant another end';
      const now = new Date(ends > from ? ends : Math.min(at.getTime(), from));
      return { event: { type: 'extension_refused', trouble: data.trouble }, now, ends: data.expiresAt };
    },
  ),
  missing: kept('found_gone', z.object({ after: z.string().optional() }), ({ after }, { at }) => ({
    event: { type: 'missing', lostBy: after ?? null },
    now: at,
  })),
  written_off: kept('written_off', word.extend({ because: z.string() }), (data, { at }) => ({
    event: { type: 'written_off', ...data },
    now: at,
  })),
  replaced: kept('replaced', proof.and(word), (data, { at }) => ({
    event: { type: 'replaced', ...word.parse(data), proof: proof.parse(data) },
    now: at,
  })),
  users_seen: null,
  sessions_open: null,
  proved_gone: kept('proved_gone', proof, (data, { at }) => ({
    event: { type: 'proved_gone', proof: data },
    now: at,
  })),
  reviewed: null,
  blocked: null,
  warned: null,
  restored: plain('restored', () => ({ type: 'restored', trouble: '' })),
};

/** The types of all events of the state table. */
export const EVENT_TYPES: readonly string[] = Object.keys(READERS);

const BY_KIND: ReadonlyMap<string, Read> = new Map(
  Object.values(READERS).flatMap((reader) => (reader === null ? [] : [[reader.kind, reader.read]])),
);

/** The kinds of events that make a request what it is; all others change nothing that it is compared by. */
export const TELLING_KINDS: readonly string[] = ['submitted', 'recovered', ...BY_KIND.keys()];

/** What `told` says happened to `request`; null for a kind that changes nothing of it; a sentence when it can't be. */
export function readTold(told: Told, request: AccessRequest): Happened | string | null {
  return BY_KIND.get(told.kind)?.(told, request) ?? null;
}
