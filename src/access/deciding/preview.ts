/**
 * What who decides is shown of the role: read while the request waits, and kept with it. It never holds a request up:
 * a server that doesn't answer in time is said to be one.
 */

import type { RoleConfig } from '../../config/config.js';
import { isAbove } from '../../domain/danger.js';
import type { GrantTerms } from '../../domain/grant-terms.js';
import { SESSION_RIGHTS } from '../../domain/predefined-roles.js';
import type { PreviewResult } from '../../domain/preview.js';
import type { AccessRequest } from '../../domain/request.js';
import { coerceError } from '../../errors.js';
import { inTime } from '../../in-time.js';
import { releaseDeliveries } from '../../ledger/deliveries.js';
import { change } from '../change.js';
import type { Deps } from '../deps.js';

/** Longer nobody waits for it, milliseconds. */
const PREVIEW_MS = 2_000;

interface Wish {
  readonly target: string;
  readonly login: string;
  readonly role: string;
  readonly setRole: boolean;
}

/** What `role` can do and what of it is new to `login`, within `ms`; never throws. @param fresh as for `Inspector`. */
export async function previewWithin(
  { inspectors, logger }: Pick<Deps, 'inspectors' | 'logger'>,
  { target, ...pair }: Wish,
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

/**
 * Whether the role can do more than `max_danger` allows; null when it can't, or no limit is set. What could not be
 * read counts against it: a server that does not answer for now (`passing`), a database with what it may hold.
 */
export async function tooDangerous(
  deps: Pick<Deps, 'inspectors' | 'logger'>,
  { policy, terms, role }: RoleConfig,
  { target, login }: Pick<Wish, 'target' | 'login'>,
  ms = PREVIEW_MS,
): Promise<{ readonly why: string; readonly passing: boolean } | null> {
  if (policy.maxDanger === null) return null;
  const result = await previewWithin(
    deps,
    { target, role, login, setRole: terms.setRole },
    { ms, fresh: true },
  );
  if (!result.ok) {
    return { why: `what ${role} can do could not be read (${result.why})`, passing: true };
  }
  const { danger, reasons, unreadDanger = 'none', unreadReason } = result.preview;
  const found = isAbove(danger, policy.maxDanger);
  if (!found && !isAbove(unreadDanger, policy.maxDanger)) return null;
  const reason = found ? reasons[0] : unreadReason;
  const because = reason === undefined ? '' : `: it ${reason}`;
  const level = found ? `“${danger}”` : `up to “${unreadDanger}”`;
  return {
    why: `${role} is of danger ${level}, and at most “${policy.maxDanger}” is granted here${because}`,
    passing: false,
  };
}
