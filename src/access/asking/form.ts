/** The form as it is filled in, and what any form shows. How it opens: open-form.ts. */
import type { ModalView } from '@slack/types';
import type { RoleConfig, TargetConfig } from '../../config/config.js';
import { pauseOn } from '../../domain/request/pause.js';
import { inTime } from '../../in-time.js';
import { readPauses } from '../../ledger/targets/pauses.js';
import {
  notGranting,
  notHere,
  nothingFor,
  nothingOffered,
  rolesUnread,
} from '../../surfaces/forms/form-words.js';
import { type Form, requestModal } from '../../surfaces/forms/request-form.js';
import { formWhilePaused } from '../../surfaces/operators/pause.js';
import type { Actor } from '../access.js';
import { identify } from '../deciding/accounts.js';
import { offerEmergency } from '../deciding/break-glass.js';
import { resolveLogin } from '../deciding/logins.js';
import { previewWithin } from '../deciding/preview.js';
import type { Deps } from '../deps.js';
import { askServer } from './ask-server.js';
import { type Asking, type Refusal, readScope, sayHidden, sayRefusal } from './eligibility.js';
import { whoIsAsked } from './who-is-asked.js';

export type OfferDeps = Pick<
  Deps,
  'config' | 'db' | 'targets' | 'inspectors' | 'roles' | 'objects' | 'messenger' | 'logger'
>;

/** The form is shown without what the role can do when its server is slower, milliseconds. */
const PREVIEW_MS = 1_000;

/** Nor does it wait longer to be told which login an address means; milliseconds. */
const LOGIN_MS = 800;

/** Nor for the ledger to say whether granting is paused; milliseconds. */
const PAUSE_MS = 500;

/** What the form shows as long as no role is chosen. */
export const NO_ROLE_YET = {
  durationsMs: [30 * 60_000, 3_600_000, 4 * 3_600_000],
  defaultDurationMs: 3_600_000,
  maxMs: 4 * 3_600_000,
  reasonRequired: true,
  reasonRule: null,
} as const;

/** The form after a target (and perhaps a role) was chosen: who you are there, what may be asked for. */
export async function fillForm(
  deps: OfferDeps,
  actor: Actor,
  chosen: { readonly target: string; readonly role: string | null; readonly channel: string | null },
): Promise<ModalView> {
  const { channel } = chosen;
  const who = await identify(deps, actor);
  const target = deps.config.targets.get(chosen.target);
  if (!who.ok) return requestModal(formOf({ ...nowhere(channel), notice: who.text }, null));
  if (target === undefined)
    return requestModal(formOf({ ...nowhere(channel), notice: nothingOffered() }, null));
  const role = deps.roles.offered(target.key, chosen.role ?? '');
  const asked = role && whoIsAsked(deps, role, { requester: actor.userId, target: target.key });
  const [answer, place, paused] = await Promise.all([
    resolveLogin(deps, target, who.person, LOGIN_MS),
    placeOf(deps, { userId: actor.userId, channel }, target, role),
    pauseNotice(deps, target),
  ]);
  const inTheWay = answer.login === null ? answer.why : target.grant ? null : notGranting(target.name);
  const shown = formOf({ ...place, notice: both(inTheWay ?? place.notice, paused) }, answer.login);
  if (place.role === null || answer.login === null || inTheWay !== null) return requestModal(shown);
  const pair = { target: target.key, role: place.role.role, login: answer.login };
  const { setRole } = place.role.terms;
  const [preview, server] = await Promise.all([
    previewWithin(deps, { ...pair, setRole }, { ms: PREVIEW_MS }),
    askServer(deps, { target, role: place.role, login: answer.login, durationMs: null }),
  ]);
  const asks = (await asked?.(preview)) ?? [];
  return requestModal({ ...shown, preview, asks, notice: shown.notice ?? server.refusal ?? server.remark });
}

/** Said before anything is filled in. Without a target only what holds on every one; null also of a slow ledger. */
export async function pauseNotice(
  { db, logger }: Pick<OfferDeps, 'db' | 'logger'>,
  target: TargetConfig | null,
): Promise<string | null> {
  const pauses = await inTime(PAUSE_MS, readPauses(db), () => null).catch((error: unknown) => {
    logger.warn({ err: error }, 'the ledger did not say whether granting is paused');
    return null;
  });
  // No target is called so.
  const pause = pauses === null ? null : pauseOn(pauses, target?.key ?? '');
  return pause === null ? null : formWhilePaused(pause);
}

export function both(notice: string | null, paused: string | null): string | null {
  return notice === null || paused === null ? (notice ?? paused) : `${paused}\n${notice}`;
}

/** What of a target may be asked for, by whom and from where. */
export interface FormState extends Pick<Form, 'channel' | 'notice' | 'elsewhere' | 'emergency'> {
  readonly target: TargetConfig | null;
  /** What was chosen, when it may be asked for; else the notice says why not. */
  readonly role: RoleConfig | null;
}

function nowhere(channel: string | null): FormState {
  return { channel, target: null, role: null, notice: null, elsewhere: [], emergency: null };
}

export async function placeOf(
  deps: OfferDeps,
  asking: Asking,
  target: TargetConfig | null,
  chosen: RoleConfig | undefined,
): Promise<FormState> {
  if (target === null) return nowhere(asking.channel);
  deps.roles.wake(target.key);
  deps.objects.wake(target.key);
  const place = { ...nowhere(asking.channel), target };
  const policies = (chosen ? [chosen] : deps.roles.list(target.key)).map(({ policy }) => policy);
  const offered = chosen ? offerEmergency(deps, chosen.policy, asking.userId) : null;
  const refusalOf = await readScope(deps, asking, policies);
  const refusals = policies.map(refusalOf).filter((refusal) => refusal !== null);
  const elsewhere = refusals.flatMap((refusal) => ('channels' in refusal ? refusal.channels : []));
  const [refusal] = refusals;
  if (chosen && !refusal) return { ...place, role: chosen, emergency: await offered };
  return {
    ...place,
    notice:
      chosen && refusal
        ? sayHere(chosen, refusal)
        : sayMissing(deps, target, refusals, refusals.length === policies.length),
    elsewhere: [...new Set(elsewhere)],
  };
}

function sayHere(chosen: RoleConfig, refusal: Refusal): string {
  return refusal.code === 'wrong_channel' ? notHere(chosen.role) : sayRefusal(chosen, refusal);
}

/** Why roles may be missing from the list that this person may ask for. @param all none is left. */
function sayMissing(
  { roles }: Pick<Deps, 'roles'>,
  target: TargetConfig,
  refusals: readonly Refusal[],
  all: boolean,
): string | null {
  const hidden = sayHidden(refusals);
  if (hidden !== null) return hidden;
  if (roles.isUnsure(target.key)) return rolesUnread(target.name);
  // The form shows in which channels there are.
  const isElsewhere = refusals.some(({ code }) => code === 'wrong_channel');
  return all && !isElsewhere ? nothingFor(target.name) : null;
}

export function formOf(
  { channel, target, role, notice, elsewhere, emergency }: FormState,
  login: string | null,
): Form {
  const { durationsMs, defaultDurationMs, maxMs, reasonRequired, reasonRule } = role?.policy ?? NO_ROLE_YET;
  return {
    channel,
    target,
    role,
    login,
    notice,
    elsewhere,
    emergency,
    preview: null,
    asks: [],
    offers: [],
    durationsMs,
    defaultMs: defaultDurationMs,
    maxMs,
    reasonRequired,
    reasonRule,
    typed: { durationMs: null, reason: null },
  };
}
