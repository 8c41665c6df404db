/**
 * What approvers see about the role. Read while the request waits, and stored with it; a server that doesn't answer in
 * time holds no request up. What couldn't be read is read again: while the request waits, at its approval, and after.
 */

import { SESSION_RIGHTS } from '../../domain/postgres/predefined-roles.js';
import { type PreviewResult, previewResultSchema } from '../../domain/postgres/preview.js';
import type { GrantTerms } from '../../domain/request/grant-terms.js';
import type { AccessRequest } from '../../domain/request/request.js';
import { coerceError } from '../../errors.js';
import { inTime } from '../../in-time.js';
import { readEvent } from '../../ledger/audit/history.js';
import { releaseDeliveries } from '../../ledger/messages/deliveries.js';
import { readUnpreviewed } from '../../ledger/requests/read-requests.js';
import { change } from '../change.js';
import type { Deps } from '../deps.js';

/** Of each target at a time. */
const PER_TARGET = 5;
/** A GRANT is followed for so long: its target answers. Milliseconds. */
const JUST_NOW_MS = 2 * 60_000;
/** A younger request is being read about, milliseconds. */
const AGE_MS = 10_000;
/** How long callers wait for it, milliseconds. */
export const PREVIEW_MS = 2_000;

interface RoleForLogin {
  readonly target: string;
  readonly login: string;
  readonly role: string;
  readonly setRole: boolean;
}

/** What `role` can do and what of it is new to `login`, within `ms`; never throws. @param fresh as for `Inspector`. */
export async function previewWithin(
  { inspectors, logger }: Pick<Deps, 'inspectors' | 'logger'>,
  { target, ...pair }: RoleForLogin,
  { ms = PREVIEW_MS, fresh = false }: { readonly ms?: number; readonly fresh?: boolean } = {},
): Promise<PreviewResult> {
  const read = inspectors.get(target)?.preview(pair, fresh);
  if (read === undefined) return { ok: false, why: `${target} is not in the configuration` };
  const answer = read.then(
    (preview): PreviewResult => ({ ok: true, preview }),
    (thrown: unknown): PreviewResult => {
      const error = coerceError(thrown);
      logger.info({ err: error, target, role: pair.role }, 'a role could not be previewed');
      return { ok: false, why: error.message };
    },
  );
  return inTime(ms, answer, () => ({ ok: false, why: `the server did not answer within ${ms / 1_000} s` }));
}

/**
 * Shows on the card what the role can do, and what the end will leave.
 * @param onlyIfRead the card says already that it could not be read.
 * @returns whether it was read
 */
export async function showPreview(
  deps: Pick<Deps, 'inspectors' | 'targets' | 'logger' | 'db' | 'outbox' | 'sweeps'>,
  request: AccessRequest,
  terms: GrantTerms,
  { onlyIfRead = false }: { readonly onlyIfRead?: boolean } = {},
): Promise<boolean> {
  const { target, role, login } = request;
  const [result, sessions] = await Promise.all([
    previewWithin(deps, { target, role, login, setRole: terms.setRole }),
    missingRights(deps, target, terms),
  ]);
  if (result.ok || !onlyIfRead) {
    await change(deps, [request.id], () => ({
      event: { type: 'previewed', result: { ...result, sessions } },
    }));
  }
  return result.ok;
}

/** The rights that Hallpass lacks there to end sessions; what can't be asked now is said when it matters. */
async function missingRights(
  { targets }: Pick<Deps, 'targets'>,
  target: string,
  { sessions }: GrantTerms,
): Promise<readonly string[]> {
  if (sessions === 'leave') return [];
  const seen = await targets
    .get(target)
    ?.look([])
    .catch(() => null);
  if (!seen) return [];
  const { maySeeSessions, mayEndSessions } = seen.surroundings;
  return [...(mayEndSessions ? [] : [SESSION_RIGHTS.end]), ...(maySeeSessions ? [] : [SESSION_RIGHTS.see])];
}

/** Lets the card go that waited for its preview. */
export async function releaseCard({ db, outbox }: Pick<Deps, 'db' | 'outbox'>, id: number): Promise<void> {
  await releaseDeliveries(db, id);
  outbox.kick();
}

type AgainDeps = Pick<Deps, 'inspectors' | 'targets' | 'roles' | 'logger' | 'db' | 'outbox' | 'sweeps'>;

/** Each target for itself. Never throws for a target. */
export async function previewAgain(deps: AgainDeps): Promise<void> {
  const { requests } = await readUnpreviewed(deps.db, {
    perTarget: PER_TARGET,
    justNowMs: JUST_NOW_MS,
    ageMs: AGE_MS,
  });
  const targets = new Set(requests.map(({ target }) => target));
  await Promise.all(
    [...targets].map(async (target) => {
      // One that doesn't answer for the first won't for the others.
      for (const request of requests) {
        if (request.target === target && !(await readAgain(deps, request))) return;
      }
    }),
  );
}

/** At an approval: what the card shows is what is known. Waits for the server two seconds at most. */
export async function previewBefore(deps: AgainDeps, request: AccessRequest): Promise<void> {
  const kept = previewResultSchema.safeParse(await readEvent(deps.db, request.id, 'previewed'));
  if (kept.data?.ok !== true) await readAgain(deps, request);
}

/** @returns false when the server doesn't answer; what stands on the card stays, then. */
async function readAgain(deps: AgainDeps, request: AccessRequest): Promise<boolean> {
  const role = deps.roles.role(request.target, request.role);
  return role === undefined || showPreview(deps, request, role.terms, { onlyIfRead: true });
}
