/**
 * Memberships that have to go although no open request accounts for them: written down with what people are told, so
 * that the next sweep revokes them as it does everything (revoke.ts), and recorded from what it proved.
 */
import { ownerOf } from '../../config/lookup.js';
import type { GrantTerms } from '../../domain/grant-terms.js';
import type { MembershipId } from '../../domain/request.js';
import { requestName } from '../../domain/request.js';
import type { DueStray, Stray, StrayEnd } from '../../domain/stray.js';
import { insertStrays, readStrays, type StrayWrite, type Telling, writeStrays } from '../../ledger/strays.js';
import { strayForHolder, strayForOperators } from '../../surfaces/came-back.js';
import type { Deps } from '../deps.js';
import type { Outcome } from './leaving.js';

type StrayDeps = Pick<Deps, 'db' | 'outbox' | 'sweeps' | 'config' | 'logger'>;

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
  readonly orphanId: number | null;
  readonly askedBy: string | null;
  /** As in Stray: who knows why it came back says so. */
  readonly because: string | null;
  readonly absentAt: Date | null;
  readonly terms: Pick<GrantTerms, 'sessions' | 'setRole'>;
}

/** Has these revoked, by the sweep that runs or the next one. From here the intent survives any crash. */
export async function revokeStrays(deps: StrayDeps, found: readonly FoundStray[]): Promise<void> {
  if (found.length === 0) return;
  const { now: foundAt } = await readStrays(deps.db, []);
  const added = await insertStrays(
    deps.db,
    found.map((stray) => {
      const { place, request, terms, kind, target, role, login } = stray;
      const { orphanId, askedBy, because, absentAt } = stray;
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

/** Records what the target showed of these. */
export async function recordStrays(
  deps: StrayDeps,
  done: readonly { readonly stray: DueStray; readonly outcome: Outcome }[],
): Promise<void> {
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

/** Lets those go that a newer request has been given: they are that one's, and end with it. */
export async function keepWanted(deps: StrayDeps, strays: readonly DueStray[]): Promise<void> {
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

async function write(deps: StrayDeps, known: readonly Known[]): Promise<void> {
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
    const facts = { ...due.place, role, login, target, kind };
    const audit = {
      kind: eventsOf(stray)[end === null ? 'open' : end.outcome === 'wanted' ? 'kept' : 'gone'],
      data: end === null ? { ...facts, before: sessionsBefore, trouble } : { ...facts, ...proof(end) },
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

/** What the operators and the holder are told, each in one message that is kept up to date. */
function tellings({ config }: StrayDeps, stray: Stray): readonly Telling[] {
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
