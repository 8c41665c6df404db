/**
 * What could not be read of a role in time is read again: while its request waits, before somebody approves it, and
 * after that. The card never goes on saying that a server doesn't answer which does.
 */
import { previewResultSchema } from '../../domain/preview.js';
import type { AccessRequest } from '../../domain/request.js';
import { readEvent } from '../../ledger/history.js';
import { readUnpreviewed } from '../../ledger/read-requests.js';
import type { Deps } from '../deps.js';
import { showPreview } from './preview.js';

/** Of each target at a time. */
const PER_TARGET = 5;
/** A GRANT is followed for so long: its target answers. Milliseconds. */
const JUST_NOW_MS = 2 * 60_000;
/** A younger request is being read about, milliseconds. */
const AGE_MS = 10_000;

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
