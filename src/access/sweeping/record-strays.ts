/**
 * Memberships that have to go although no open request accounts for them: written down with what people are told. The
 * next sweep revokes them like any other (revoke.ts), and what it proved is recorded here.
 */
import { ownerOf } from '../../config/lookup.js';
import type { GrantTerms } from '../../domain/request/grant-terms.js';
import { type MembershipId, requestName } from '../../domain/request/request.js';
import type { DueStray, Stray, StrayEnd } from '../../domain/request/stray.js';
import {
  insertStrays,
  readStrays,
  type StrayWrite,
  type Telling,
  writeStrays,
} from '../../ledger/targets/strays.js';
import { strayForHolder, strayForOperators } from '../../surfaces/request/came-back.js';
import type { TellDeps } from '../change.js';
import type { Outcome } from './revocation.js';

/** What is done within this time is told once, when it is done; milliseconds. */
const HOLD_MS = 2_000;

/** The names of the audit events; leftovers and late GRANTs have the same. */
const EVENTS = {
  leftover: {
    found: 'leftover_found',
    open: 'leftover_open',
    gone: 'leftover_taken_back',
    kept: 'leftover_kept',
  },
  orphan: { found: 'orphan_take_asked', open: 'orphan_open', gone: 'orphan_taken_back', kept: 'orphan_kept' },
} as const;

const eventsOf = ({ kind }: Pick<Stray, 'kind'>) => EVENTS[kind === 'orphan' ? 'orphan' : 'leftover'];

export interface FoundStray extends Pick<Stray, 'kind' | 'target' | 'role' | 'login' | 'request'> {
  readonly place: MembershipId;
  readonly orphanId?: number;
  readonly askedBy?: string | null;
  /** As in Stray. */
  readonly because?: string | null;
  readonly absentAt?: Date | null;
  readonly terms: Pick<GrantTerms, 'sessions' | 'setRole'>;
}

/** Has these revoked, by the sweep under way or the next one. From here the intent survives any crash. */
export async function revokeStrays(deps: TellDeps, found: readonly FoundStray[]): Promise<void> {
  if (found.length === 0) return;
  const { now: foundAt } = await readStrays(deps.db, []);
  const added = await insertStrays(
    deps.db,
    found.map((stray) => {
      const { place, request, terms, kind, target, role, login } = stray;
      const { orphanId = null, askedBy = null, because = null, absentAt = null } = stray;
      const facts = { ...place, role, login, target, kind, because };
      return {
        ...{ kind, target, place, role, login, orphanId, askedBy, because, absentAt, terms },
        requestId: request?.id ?? null,
        audit: { kind: eventsOf(stray).found, data: facts },
        tell: tellings(deps, {
          ...{ id: 0, kind, target, role, login, request, orphanId, askedBy, because, absentAt, foundAt },
          ...{ sessions: terms.sessions, trouble: null, end: null },
        }),
        holdMs: HOLD_MS,
      };
    }),
  );
  if (added === 0) return;
  for (const { kind, target, role, login, request } of found) {
    deps.logger.warn({ kind, target, role, login, request: request?.id }, 'a membership has to go');
  }
  deps.outbox.kick();
  for (const name of new Set(found.map(({ target }) => target))) deps.sweeps.wake(name);
}

export interface SettledStray {
  readonly stray: DueStray;
  readonly outcome: Outcome;
}

/** Records what the target showed of these. */
export async function recordStrays(deps: TellDeps, done: readonly SettledStray[]): Promise<void> {
  await write(
    deps,
    done.map(({ stray, outcome }) => {
      if (outcome.is !== 'gone') {
        const sessionsBefore = outcome.is === 'open' ? outcome.before : stray.sessionsBefore;
        const revoked = stray.revoked || (outcome.is === 'open' && !outcome.found);
        return { due: stray, sessionsBefore, revoked, trouble: outcome.error.message, end: null };
      }
      const { found, closed, prepared } = outcome;
      const revoked = stray.revoked || !found;
      const end = { outcome: revoked ? 'revoked' : 'absent', closed, prepared, wantedBy: null } as const;
      return { due: stray, sessionsBefore: stray.sessionsBefore, revoked, trouble: null, end };
    }),
  );
}

/** Closes those that a newer request has been granted: they are that request's, and end with it. */
export async function keepWanted(deps: TellDeps, strays: readonly DueStray[]): Promise<void> {
  await write(
    deps,
    strays.map((due) => ({
      due,
      sessionsBefore: due.sessionsBefore,
      revoked: due.revoked,
      trouble: null,
      end: { outcome: 'wanted', closed: 0, prepared: [], wantedBy: due.wantedBy },
    })),
  );
}

interface Known extends Pick<StrayWrite, 'sessionsBefore' | 'revoked' | 'trouble' | 'end'> {
  readonly due: DueStray;
}

async function write(deps: TellDeps, known: readonly Known[]): Promise<void> {
  const news = known.filter(
    ({ due, sessionsBefore, trouble, end }) =>
      end !== null || due.sessionsBefore !== sessionsBefore || due.trouble !== trouble,
  );
  if (news.length === 0) return;
  const { now, strays } = await readStrays(
    deps.db,
    news.map(({ due }) => due.id),
  );
  const byId = new Map(strays.map((stray) => [stray.id, stray]));
  const writes = news.flatMap(({ due, sessionsBefore, revoked, trouble, end }): StrayWrite[] => {
    const stray = byId.get(due.id);
    if (stray === undefined) return [];
    const { kind, target, role, login } = stray;
    const became = end === null ? { before: sessionsBefore, trouble } : proof(end);
    const audit = {
      kind: eventsOf(stray)[end === null ? 'open' : end.outcome === 'wanted' ? 'kept' : 'gone'],
      data: { ...due.place, role, login, target, kind, ...became },
    };
    deps.logger.warn(
      { event: audit.kind, request: stray.request?.id, ...audit.data },
      'a membership has to go',
    );
    const tell = tellings(deps, { ...stray, trouble, end: end && { ...end, at: now } });
    return [{ id: due.id, sessionsBefore, revoked, trouble, end, audit, tell }];
  });
  if ((await writeStrays(deps.db, writes)) > 0) deps.outbox.kick();
}

function proof({ outcome, closed, prepared, wantedBy }: Omit<StrayEnd, 'at'>): Record<string, unknown> {
  if (outcome === 'wanted') return { outcome, by: wantedBy === null ? null : requestName(wantedBy) };
  return { outcome: outcome === 'revoked' ? 'gone' : 'absent', closed, prepared };
}

/** What the operators and the holder are told, each in one message that stays up to date. */
function tellings({ config }: TellDeps, stray: Stray): readonly Telling[] {
  const target = config.targets.get(stray.target);
  const name = target?.name ?? stray.target;
  const operators = config.slack.operatorsChannel;
  const holder = stray.request?.requester ?? (target && ownerOf(config, target, stray.login));
  const key = stray.orphanId === null ? 'stray:{id}' : orphanKey(stray.orphanId);
  return [
    { key, recipient: operators, message: strayForOperators(stray, name) },
    ...(holder == null || holder === operators
      ? []
      : [{ key: 'stray:{id}:holder', recipient: holder, message: strayForHolder(stray, name) }]),
  ];
}

/** The operators' message about an orphan: the report with its button, and then what became of it. */
export function orphanKey(orphanId: number): string {
  return `orphan:${orphanId}`;
}
