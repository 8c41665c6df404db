/** What a message shows, a pure function of the request and of what the audit keeps beside it, as they stand now. */
import { z } from 'zod';
import type { Kind } from '../../config/config.js';
import { linkIn } from '../../domain/policy/reason-rule.js';
import { changesSchema, previewResultSchema } from '../../domain/postgres/preview.js';
import { pauseOn } from '../../domain/request/pause.js';
import type { AccessRequest } from '../../domain/request/request.js';
import { isFinal } from '../../domain/request/request-state.js';
import { HallpassError } from '../../errors.js';
import { readEvent } from '../../ledger/audit/history.js';
import { type Delivery, isOutdone, whereShown } from '../../ledger/messages/deliveries.js';
import type { Queryable } from '../../ledger/pool.js';
import { readRepeatLostBy, readShownRepeat } from '../../ledger/requests/repeats.js';
import { readPauses } from '../../ledger/targets/pauses.js';
import type { Shown } from '../../ledger/targets/strays.js';
import { type Message, readMessage, type Scene } from '../../surfaces/kit/message.js';
import { preparedLeft } from '../../surfaces/kit/prepared.js';
import { line } from '../../surfaces/kit/shrunk.js';
import { emergencyMessage } from '../../surfaces/operators/emergencies.js';
import { card } from '../../surfaces/request/card.js';
import { note, status } from '../../surfaces/request/direct.js';
import { reminder, stepLine } from '../../surfaces/request/ladder.js';
import { leftBehind } from '../../surfaces/request/left-behind.js';
import { NOTE_KINDS } from '../../surfaces/request/note-kinds.js';
import { approversChanged, extensionAskedNote } from '../../surfaces/request/who-decides.js';
import { reviewersOf } from '../deciding/reviewers.js';
import type { Deps } from '../deps.js';
import { stepOf, toldSteps } from './steps.js';

/** The rights that Hallpass lacks to end sessions. */
const missingSchema = z.object({ sessions: z.array(z.string()) });
/** Notes that tell what the audit event of the same name keeps. */
const TOLD_BY: ReadonlySet<string> = new Set(['granted', 'extension_denied']);
const keptSchema = z.object({
  setRoleFirst: z.boolean().optional(),
  by: z.string().optional(),
  because: z.string().optional(),
});
/** Notes that say what is open. */
const ABOUT_END: ReadonlySet<string> = new Set(['expiring', 'closing']);
/** Messages that answer the card. */
const IN_THREAD: ReadonlySet<string> = new Set([
  'left_behind',
  'prepared',
  'approvers',
  'extension_asked',
  'reminder',
  'judge',
]);
/** Messages of which people get copies of their own. */
const COPIED: ReadonlySet<string> = new Set(['card', 'judge']);
/** Providers that show people a URL to connect with. */
const BY_URL: ReadonlySet<Kind> = new Set(['neon', 'supabase']);
const proofSchema = z.object({ prepared: z.array(z.string()) });

/** @returns null when this release does not know how to draw it. */
export async function messageOf(
  deps: Pick<Deps, 'db' | 'config' | 'roles' | 'events' | 'uses'>,
  delivery: Delivery,
  shown: Shown | null,
): Promise<Message | null> {
  if (shown === null) return readMessage(delivery.message);
  const { request } = shown;
  const { db } = deps;
  const waits = request.state === 'pending' || request.state === 'granting';
  const scene = {
    ...sceneOf(deps, request),
    strays: shown.strays,
    pause: waits ? pauseOn(await readPauses(db), request.target) : null,
    told: await toldSteps(db, request),
    again: await againOf(deps, request),
  };
  if (isToldAgain(delivery) && (await isOutdone(db, delivery)))
    return line(request, scene, request.requester);
  if (delivery.kind === 'status') return status(request, scene);
  const original = originalOf(delivery);
  if (original !== null && request.state !== 'pending' && (await whereShown(db, original)))
    return line(request, scene, null);
  if (delivery.kind === 'card') {
    const kept = isFinal(request.state) ? null : await readEvent(db, request.id, 'previewed');
    return card(request, scene, {
      first: delivery.posted === null,
      preview: previewResultSchema.safeParse(kept).data ?? null,
      missing: missingSchema.safeParse(kept).data?.sessions ?? [],
    });
  }
  const nth = stepOf(delivery.key);
  if (nth !== null) {
    const step = scene.told.find((told) => told.nth === nth);
    if (step === undefined) return null;
    return delivery.kind === 'step'
      ? stepLine(request, step)
      : reminder(request, step, isPerson(delivery.recipient) ? delivery.recipient : null);
  }
  if (delivery.kind === 'approvers') return approversChanged(request, scene);
  if (delivery.kind === 'extension_asked') return extensionAskedNote(request, scene);
  const emergency = emergencyMessage(delivery, request, { ...scene, isPaged: deps.events !== null });
  if (emergency !== null) return emergency;
  if (delivery.kind === 'left_behind') {
    const changes = changesSchema.safeParse(await readEvent(db, request.id, 'reviewed'));
    return changes.success ? leftBehind(request, scene, changes.data) : null;
  }
  if (delivery.kind === 'prepared') {
    const proof = proofSchema.safeParse(await readEvent(db, request.id, 'proved_gone'));
    return proof.success ? preparedLeft(request, scene, proof.data.prepared) : null;
  }
  const sessions = ABOUT_END.has(delivery.kind) ? deps.uses.of(request.id) : null;
  const kind = NOTE_KINDS.find((known) => known === delivery.kind);
  if (kind === undefined) return null;
  const kept = TOLD_BY.has(kind) ? await readEvent(db, request.id, kind) : null;
  const { setRoleFirst, by, because } = keptSchema.safeParse(kept).data ?? {};
  const denial = by === undefined ? null : { by, because: because ?? null };
  return note(kind, request, { ...scene, setRoleFirst: setRoleFirst === true, denial, sessions });
}

/** What was approved again under this request, and what no longer covers it. */
async function againOf(
  { db, roles }: Pick<Deps, 'db' | 'roles'>,
  request: AccessRequest,
): Promise<Scene['again'] & object> {
  const byPeople = request.decidedBy !== null && request.state !== 'denied';
  return {
    repeatMs: roles.role(request.target, request.role)?.policy.repeatMs ?? null,
    made: byPeople ? await readShownRepeat(db, request.id) : null,
    lost: request.state === 'pending' ? await readRepeatLostBy(db, request) : null,
  };
}

/** One of the messages to the requester, of which only the newest has the details and the buttons. */
function isToldAgain({ kind }: Delivery): boolean {
  return kind === 'status' || NOTE_KINDS.some((known) => known === kind);
}

/**
 * The key of the message of which this one is a copy, for somebody who was asked by direct message: because the card could
 * not be posted, or the policy wants it so. Null: it is no copy.
 */
export function originalOf({ key, kind, recipient }: Delivery): string | null {
  const isCopy = COPIED.has(kind) && isPerson(recipient);
  return isCopy ? key.slice(0, -`@${recipient}`.length) : null;
}

function isPerson(recipient: string): boolean {
  return /^[UW]/.test(recipient);
}

/** The message that this one answers, when it belongs into the thread of the card. */
export async function threadOf(
  db: Queryable,
  delivery: Delivery,
  request: AccessRequest | null,
): Promise<string | undefined> {
  if (request === null || !IN_THREAD.has(delivery.kind)) return undefined;
  const { recipient } = delivery;
  // Whose card was posted before its channel was shut: who gets this copy may have none of the card.
  if (delivery.kind === 'judge' && isPerson(recipient)) return undefined;
  const own = isPerson(recipient) ? `@${recipient}` : '';
  const shown = await whereShown(db, `card:${request.id}${own}`);
  if (shown === null) throw new HallpassError('its card is not posted yet', { passing: true });
  return shown.ts;
}

/** What is known today of the request's target and role; what no longer is, is left out. */
export function sceneOf(
  { config, roles }: Pick<Deps, 'config' | 'roles'>,
  request: AccessRequest,
): Omit<Scene, 'strays' | 'pause' | 'told'> {
  const target = config.targets.get(request.target);
  const role = roles.role(request.target, request.role);
  const rule = role?.policy.reasonRule ?? null;
  return {
    reviewers: reviewersOf({ config, roles }, request),
    targetName: target?.name ?? request.target,
    environment: target?.environment ?? null,
    about: role?.about ?? null,
    reasonLink: rule === null ? null : linkIn(rule, request.reason),
    durationsMs: role?.policy.durationsMs ?? [],
    host: target?.connect.host ?? '',
    port: target?.connect.port ?? 5432,
    database: target?.connect.database ?? '',
    asUrl: target !== undefined && BY_URL.has(target.kind),
  };
}
