/** What kinds of notes there are, and when one is no longer true. */
import { isReviewDue } from '../../domain/policy/emergency.js';
import { awaitsWarning } from '../../domain/request/expiry-notice.js';
import { type AccessRequest, isInForce } from '../../domain/request/request.js';

/** True only while the access lasts. */
const HOLDER_KINDS = [
  'granted',
  'expiring',
  'closing',
  'unused',
  'idle',
  'extended',
  'not_extended',
  'extension_denied',
] as const;
/** The outcomes that are a new message each, so that the phone buzzes. */
export const NOTE_KINDS = [
  ...HOLDER_KINDS,
  'denied',
  'withdrawn',
  'lapsed',
  'failed',
  'ended',
  'judged',
] as const;
export type NoteKind = (typeof NOTE_KINDS)[number];
export const ONLY_IN_FORCE: ReadonlySet<string> = new Set<NoteKind>(HOLDER_KINDS);

/** A note that is no longer true: not worth a first post, since what overtook it is a note of its own. */
export function isOvertaken(kind: string, request: AccessRequest): boolean {
  if (kind === 'approvers' || kind === 'reminder' || kind === 'step') return request.state !== 'pending';
  if (kind === 'judge') return !isReviewDue(request);
  if (!isInForce(request)) return ONLY_IN_FORCE.has(kind);
  if (kind === 'unused') return request.inUse;
  if (kind === 'idle') return request.inUse || request.idleEndsAt === null;
  // When a notice is due again, it was extended since.
  return kind === 'expiring' ? awaitsWarning(request) : kind === 'closing' && request.warnAt !== null;
}
