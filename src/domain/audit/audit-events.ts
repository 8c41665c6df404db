/**
 * Audit events, read back as the events of the state table that wrote them: what a request's history makes of it is
 * then asked of that one table again, and is written down nowhere else. Pure; whatever an event holds may be forged.
 */
import { z } from 'zod';
import { UNJUDGED, VERDICTS } from '../policy/emergency.js';
import { SESSIONS } from '../request/grant-terms.js';
import { type AccessRequest, type MembershipId, RULE_NAMES } from '../request/request.js';
import type { OperatorsWord, RequestEvent } from '../request/request-events.js';
import { APPROVED_BY } from '../request/transitions/deciding.js';

/** An audit event of a request, as the ledger has it. `at`: when its transaction began. */
export interface PastEvent {
  readonly id: number;
  readonly at: Date;
  readonly kind: string;
  readonly actor: string | null;
  /** Unchecked; null also when it is too large to be Hallpass's. */
  readonly data: unknown;
}

/** What an audit event says happened. */
export interface Happened {
  readonly event: RequestEvent;
  /** The ledger's clock as it must have been read, where that isn't the event's own time. */
  readonly now?: Date;
  /** When the access ends from then on, if the event says so. */
  readonly ends?: Date;
  /** What the request must have been, beyond what its events hold. */
  readonly given?: Partial<AccessRequest>;
}

/** @returns a sentence when Hallpass can't have written such an event. */
type Read = (told: PastEvent, request: AccessRequest) => Happened | string;

interface Reader {
  readonly kind: string;
  readonly read: Read;
}

/** The most time between reading the clock and beginning to write: as long as a statement may wait for a slow ledger. */
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
  sessions: z.enum(SESSIONS),
  setRole: z.boolean(),
  graceMs: z.number(),
  // Older releases don't write it.
  idleMs: z.number().nullable().default(null),
});
const rule = z.object({
  from: z.array(z.object({ id: z.string(), name: z.string().nullable() })),
  count: z.number(),
});
const approval = z.object({ by: z.string(), rule: z.number(), via: z.string(), at: moment });
/** Older releases, and requests that one approver decides, have no count. */
const decided = z.object({
  via: z.string(),
  durationMs: z.number(),
  rules: z.array(rule).optional(),
  approvals: z.array(approval).optional(),
});
const denied = z.object({ via: z.string(), because: z.string().optional() });
const shift = z.object({ through: z.string(), durationMs: z.number() });
const trouble = z.object({ trouble: z.string() });
const until = z.object({ expiresAt: moment });
const extended = until.extend({ via: z.string(), from: moment });
const byRule = extended.extend({ rule: z.enum(RULE_NAMES) });
const proof = z.object({ found: z.boolean(), closed: z.number(), prepared: z.array(z.string()) });

const judgement = z.object({ via: z.string(), verdict: z.enum(VERDICTS), words: z.string() });

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
function enderOf({ actor, data }: PastEvent): { readonly by: string | null; readonly because?: string } {
  return operators.safeParse(data).data ?? { by: actor };
}

/** @param data what Hallpass keeps with such an event. */
function reader<T>(
  kind: string,
  data: z.ZodType<T>,
  happened: (data: T, told: PastEvent, request: AccessRequest) => Happened | string,
): Reader {
  return {
    kind,
    read: (told, request) => {
      const read = data.safeParse(told.data);
      return read.success ? happened(read.data, told, request) : INCOMPLETE;
    },
  };
}

const nothing = z.unknown();
const given = { pendingUntil: NEVER };

/** What an extension makes of the request's end; a sentence when it can't be. */
function readExtension(
  request: AccessRequest,
  { at, from, expiresAt }: { readonly at: Date; readonly from: Date; readonly expiresAt: Date },
) {
  const more = expiresAt.getTime() - at.getTime();
  if (more > request.wishedMs + SLACK_MS) return 'extends access by more than was asked for';
  if (from.getTime() !== request.expiresAt?.getTime()) {
    return `extends access that ended at ${from.toISOString()}, and it ended at ${request.expiresAt?.toISOString() ?? 'no time'}`;
  }
  const maxMs = Math.min(more, request.wishedMs);
  // Older releases extend by as long as was asked for, though less was granted.
  const given = { grantedMs: null };
  return { maxMs, when: { now: new Date(expiresAt.getTime() - maxMs), ends: expiresAt, given } };
}

/** null: it changes nothing that a request is compared by. One for each event, so that none can be forgotten. */
const READERS: { readonly [T in RequestEvent['type']]: Reader | readonly Reader[] | null } = {
  approve: ['approved', 'approved_partly'].map((kind) =>
    reader(kind, decided, ({ via, durationMs: maxMs, rules, approvals }, { actor: by }, request) => {
      if (by === null) return INCOMPLETE;
      const event = { type: 'approve', by, via, maxMs } as const;
      if (rules === undefined || approvals === undefined)
        return kind === 'approved' ? { event, given } : INCOMPLETE;
      const known = new Set([by, ...request.approvals.map((approval) => approval.by)]);
      const stranger = approvals.find((approval) => !known.has(approval.by));
      if (stranger !== undefined) return `counts an approval of ${stranger.by} that no event tells of`;
      const approvers = approvals.map(({ rule, via: through, ...one }) => ({
        ...one,
        serves: [{ rule, via: through }],
      }));
      return { event: { ...event, count: { rules, approvers, asked: [], danger: null } }, given };
    }),
  ),
  approve_by_rule: RULE_NAMES.map((rule) =>
    reader(APPROVED_BY[rule], shift, ({ through, durationMs: maxMs }) => ({
      event: { type: 'approve_by_rule', rule, through, maxMs },
      given,
    })),
  ),
  deny: reader('denied', denied, ({ via, because }, { actor: by }) =>
    by === null ? INCOMPLETE : { event: { type: 'deny', by, via, ...(because && { because }) }, given },
  ),
  withdraw: reader('withdrawn', nothing, (_, told) => ({
    event: { type: 'withdraw', ...enderOf(told) },
    given,
  })),
  lapse: reader('lapsed', nothing, (_, { at }) => ({
    event: { type: 'lapse' },
    given: { pendingUntil: at, stepAt: null, stepToldAt: null },
  })),
  // Release 0.1.0 could write a second place over the first.
  intend: reader('grant_intended', place.and(terms), (data) => ({
    event: { type: 'intend', place: place.parse(data), terms: terms.parse(data) },
    given: { place: null },
  })),
  granted: reader('granted', until, ({ expiresAt }, { at }, { durationMs }) => {
    const late = expiresAt.getTime() - at.getTime() - durationMs;
    if (late > SLACK_MS) return 'gives access for longer than was approved';
    const now = new Date(expiresAt.getTime() - durationMs);
    return { event: { type: 'granted', mark: '', users: [] }, now, ends: expiresAt };
  }),
  grant_failed: reader('grant_failed', trouble, (data) => ({ event: { type: 'grant_failed', ...data } })),
  relinquish: reader('relinquished', nothing, (_, { actor: by }) =>
    by === null ? INCOMPLETE : { event: { type: 'relinquish', by } },
  ),
  end: reader('end_asked', nothing, (_, told) => ({ event: { type: 'end', ...enderOf(told) } })),
  idle: reader('ended_idle', z.object({ since: moment }), ({ since }, { at }) => ({
    event: { type: 'idle', since },
    // That it was announced changes nothing that a request is compared by.
    given: { idleEndsAt: new Date(at.getTime() - SLACK_MS), inUse: false },
  })),
  extend: reader('extended', extended, ({ via, from, expiresAt }, { at, actor: by }, request) => {
    if (by === null) return INCOMPLETE;
    const read = readExtension(request, { at, from, expiresAt });
    if (typeof read === 'string') return read;
    return { ...read.when, event: { type: 'extend', by, via, maxMs: read.maxMs } };
  }),
  extend_by_rule: reader('extended_by_rule', byRule, ({ via, from, expiresAt, rule }, { at }, request) => {
    const read = readExtension(request, { at, from, expiresAt });
    if (typeof read === 'string') return read;
    return { ...read.when, event: { type: 'extend_by_rule', rule, through: via, maxMs: read.maxMs } };
  }),
  extended: reader('extension_confirmed', nothing, () => ({ event: { type: 'extended' } })),
  extension_refused: reader('extension_refused', until.and(trouble), (data, { at }, { extension }) => {
    const from = extension?.from.getTime() ?? 0;
    const ends = data.expiresAt.getTime();
    if (ends < from || ends - Math.max(from, at.getTime()) > SLACK_MS) return 'gives the grant another end';
    const now = new Date(ends > from ? ends : Math.min(at.getTime(), from));
    return { event: { type: 'extension_refused', trouble: data.trouble }, now, ends: data.expiresAt };
  }),
  missing: reader('found_gone', z.object({ after: z.string().optional() }), ({ after }) => ({
    event: { type: 'missing', lostBy: after ?? null },
  })),
  written_off: reader('written_off', operators, (data) => ({ event: { type: 'written_off', ...data } })),
  replaced: reader('replaced', proof.and(word), (data) => ({
    event: { type: 'replaced', ...word.parse(data), proof: proof.parse(data) },
  })),
  proved_gone: reader('proved_gone', proof, (data) => ({ event: { type: 'proved_gone', proof: data } })),
  restored: reader('restored', nothing, () => ({ event: { type: 'restored', trouble: '' } })),
  // `given`: of a request whose beginning was pruned, the row already has the verdict.
  judged: reader('judged', judgement, (data, { actor: by }, { emergency }) => {
    if (by === null) return INCOMPLETE;
    if (emergency === null) return 'judges what was no emergency';
    return { event: { type: 'judged', by, ...data }, given: { emergency: UNJUDGED } };
  }),
  ask_extension: null,
  asking: null,
  blocked: null,
  cleared: null,
  deny_extension: null,
  idle_announced: null,
  idle_called_off: null,
  judge_asked: null,
  on_call_said: null,
  previewed: null,
  reviewed: null,
  sessions_open: null,
  step_due: null,
  unused: null,
  users_seen: null,
  warned: null,
};

/** The types of all events of the state table. */
export const EVENT_TYPES: readonly string[] = Object.keys(READERS);

const BY_KIND: ReadonlyMap<string, Read> = new Map(
  Object.values(READERS).flatMap((readers) =>
    (readers === null ? [] : [readers].flat()).map(({ kind, read }) => [kind, read] as const),
  ),
);

/** The kinds of events that make a request what it is; all others change nothing that it is compared by. */
export const TELLING_KINDS: readonly string[] = ['submitted', 'recovered', ...BY_KIND.keys()];

/** What `told` says happened to `request`; null for a kind that changes nothing of it; a sentence when it can't be. */
export function readTold(told: PastEvent, request: AccessRequest): Happened | string | null {
  return BY_KIND.get(told.kind)?.(told, request) ?? null;
}
