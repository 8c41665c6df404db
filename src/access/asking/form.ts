/** The form: as it opens, and as it is filled in. */
import type { ModalView } from '@slack/types';
import type { RoleConfig, TargetConfig } from '../../config/config.js';
import { parseDuration } from '../../domain/duration.js';
import { nearestFirst } from '../../domain/nearest.js';
import { pauseOn } from '../../domain/request/pause.js';
import { inTime } from '../../in-time.js';
import { readPauses } from '../../ledger/targets/pauses.js';
import type { Person } from '../../messenger/messenger.js';
import {
  durationTooLong,
  instanceUnknown,
  notGranting,
  notHere,
  nothingFor,
  nothingOffered,
  rolesUnread,
  roleUnknown,
} from '../../surfaces/forms/form-words.js';
import { type Form, requestModal } from '../../surfaces/forms/request-form.js';
import { formWhilePaused } from '../../surfaces/operators/pause.js';
import type { Actor } from '../access.js';
import { identify } from '../deciding/accounts.js';
import { offerEmergency } from '../deciding/break-glass.js';
import { findLogin, loginOn, resolveLogin } from '../deciding/logins.js';
import { previewWithin } from '../deciding/preview.js';
import type { Deps } from '../deps.js';
import { askServer } from './ask-server.js';
import { type Asking, type Refusal, readScope, sayHidden, sayRefusal } from './eligibility.js';
import { roleMenu, targetMenu } from './menus.js';
import { whoIsAsked } from './who-is-asked.js';

type OfferDeps = Pick<
  Deps,
  'config' | 'db' | 'targets' | 'inspectors' | 'roles' | 'objects' | 'messenger' | 'logger'
>;

/** The form is shown without what the role can do when its server is slower, milliseconds. */
const PREVIEW_MS = 1_000;

/** Nor does it wait longer to be told which login an address means; milliseconds. */
const LOGIN_MS = 800;

/** The form opens without what Slack has not said by then: the trigger lives 3 s. Milliseconds. */
const OPEN_MS = 1_000;

/** What was typed after the command, and what it names. */
interface Opening {
  readonly words: readonly string[];
  readonly channel: string | null;
  readonly target: TargetConfig | null;
  readonly named: RoleConfig | undefined;
}
/** Nor for the ledger to say whether granting is paused; milliseconds. */
const PAUSE_MS = 500;

/** What the form shows as long as no role is chosen. */
const NO_ROLE_YET = {
  durationsMs: [30 * 60_000, 3_600_000, 4 * 3_600_000],
  defaultDurationMs: 3_600_000,
  maxMs: 4 * 3_600_000,
  reasonRequired: true,
  reasonRule: null,
} as const;

/** The form as it opens. Anyone who typed more than the command finds it filled in: target, role, duration, reason. */
export function openForm(
  deps: OfferDeps,
  actor: Actor,
  { typed, channel }: { readonly typed: string; readonly channel: string | null },
): Promise<ModalView> {
  const words = typed.split(/\s+/).filter((word) => word !== '');
  const target = deps.config.targets.get(words[0] ?? '') ?? null;
  const named = target === null ? undefined : deps.roles.offered(target.key, words[1] ?? '');
  const rest = words.slice(target ? (named ? 2 : 1) : 0);
  const durationMs = parseDuration(rest[0] ?? '');
  const reason = rest.slice(durationMs === null ? 0 : 1).join(' ');
  return openFilled(deps, actor, { words, channel, target, named }, { durationMs, reason });
}

/** As `openForm`, with everything read already. @param first is said before anything else that stands in the way. */
export async function openFilled(
  deps: OfferDeps,
  actor: Actor,
  { words, channel, target, named }: Opening,
  {
    durationMs,
    reason,
    first = null,
  }: { readonly durationMs: number | null; readonly reason: string; readonly first?: string | null },
): Promise<ModalView> {
  const { userId } = actor;
  const login = target ? loginOn(deps.config, target.key, { id: userId, email: null }) : null;
  const asked = target && named ? whoIsAsked(deps, named, { requester: userId, target: target.key }) : null;
  const [place, notice, paused] = await Promise.all([
    placeOf(deps, { userId, channel }, target, named),
    noticeAtOpen(deps, actor, { words, channel, target, named }),
    pauseNotice(deps, target),
  ]);
  const maxMs = (place.role?.policy ?? NO_ROLE_YET).maxMs;
  const asks = place.role === null ? [] : ((await asked?.(null)) ?? []);
  const tooLong = durationMs !== null && durationMs > maxMs;
  const cut = tooLong && place.role !== null ? durationTooLong(maxMs) : null;
  return requestModal({
    ...form({ ...place, notice: both(first ?? notice ?? place.notice ?? cut, paused) }, login),
    asks,
    typed: { durationMs: tooLong ? null : durationMs, reason: reason === '' ? null : reason },
  });
}

/** What stands in the way, or which words would be right; null also when Slack doesn't identify the person in time. */
async function noticeAtOpen(deps: OfferDeps, actor: Actor, opening: Opening): Promise<string | null> {
  const notice = async (): Promise<string | null> => {
    const who = await identify(deps, actor);
    if (!who.ok) return who.text;
    const { target } = opening;
    return target === null
      ? noticeOfTargets(deps, who.person, opening.words)
      : noticeOfRoles(deps, who.person, { ...opening, target });
  };
  return inTime(OPEN_MS, notice(), () => null);
}

async function noticeOfTargets(
  deps: OfferDeps,
  person: Person,
  [typed]: readonly string[],
): Promise<string | null> {
  const menu = await targetMenu(deps, person);
  if ('why' in menu) return menu.why;
  if (typed === undefined) return null;
  const known = menu.items.map(({ key }) => key);
  return instanceUnknown(typed, nearestFirst(typed, known));
}

async function noticeOfRoles(
  deps: OfferDeps,
  person: Person,
  { words: [, typed], channel, target, named }: Opening & { readonly target: TargetConfig },
): Promise<string | null> {
  if (named !== undefined) {
    const answer = findLogin(deps.config, target, person);
    return answer.login === null ? answer.why : target.grant ? null : notGranting(target.name);
  }
  const menu = await roleMenu(deps, { channel }, target, person);
  if ('why' in menu) return menu.why;
  if (typed === undefined || parseDuration(typed) !== null) return null;
  const known = menu.items.map(({ role }) => role);
  return roleUnknown(typed, target.name, nearestFirst(typed, known));
}

/** The form after a target (and perhaps a role) was chosen: who you are there, what may be asked for. */
export async function fillForm(
  deps: OfferDeps,
  actor: Actor,
  chosen: { readonly target: string; readonly role: string | null; readonly channel: string | null },
): Promise<ModalView> {
  const { channel } = chosen;
  const who = await identify(deps, actor);
  const target = deps.config.targets.get(chosen.target);
  if (!who.ok) return requestModal(form({ ...nowhere(channel), notice: who.text }, null));
  if (target === undefined)
    return requestModal(form({ ...nowhere(channel), notice: nothingOffered() }, null));
  const role = deps.roles.offered(target.key, chosen.role ?? '');
  const asked = role && whoIsAsked(deps, role, { requester: actor.userId, target: target.key });
  const [answer, place, paused] = await Promise.all([
    resolveLogin(deps, target, who.person, LOGIN_MS),
    placeOf(deps, { userId: actor.userId, channel }, target, role),
    pauseNotice(deps, target),
  ]);
  const inTheWay = answer.login === null ? answer.why : target.grant ? null : notGranting(target.name);
  const shown = form({ ...place, notice: both(inTheWay ?? place.notice, paused) }, answer.login);
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
async function pauseNotice(
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

function both(notice: string | null, paused: string | null): string | null {
  return notice === null || paused === null ? (notice ?? paused) : `${paused}\n${notice}`;
}

/** What of a target may be asked for, by whom and from where. */
interface FormState extends Pick<Form, 'channel' | 'notice' | 'elsewhere' | 'emergency'> {
  readonly target: TargetConfig | null;
  /** What was chosen, when it may be asked for; else the notice says why not. */
  readonly role: RoleConfig | null;
}

function nowhere(channel: string | null): FormState {
  return { channel, target: null, role: null, notice: null, elsewhere: [], emergency: null };
}

async function placeOf(
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

function form(
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
    durationsMs,
    defaultMs: defaultDurationMs,
    maxMs,
    reasonRequired,
    reasonRule,
    typed: { durationMs: null, reason: null },
  };
}
