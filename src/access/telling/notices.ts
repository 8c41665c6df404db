/** Who is told what when a request changes. A note's key makes it a message that is sent once. */

import { isLastCall } from '../../domain/request/expiry-notice.js';
import { type AccessRequest, isExpired } from '../../domain/request/request.js';
import type { RequestEvent } from '../../domain/request/request-events.js';
import { isFinal } from '../../domain/request/request-state.js';
import type { Note, Write } from '../../ledger/requests/write-transitions.js';
import type { NoteKind } from '../../surfaces/request/note-kinds.js';
import { stepNotes } from './steps.js';

/** Which messages show the event: what was read about a request concerns its approvers, has a message of its own, or is for the audit. */
export function shownBy({ type }: RequestEvent): Write['shownBy'] {
  if (type === 'previewed') return 'card';
  if (type === 'judge_asked') return 'judge';
  return type === 'reviewed' || type === 'users_seen' ? 'none' : 'all';
}

/** Each outcome is a new message to the requester, which makes the phone buzz; everything else edits a message. */
export function notesFor(
  before: AccessRequest,
  next: AccessRequest,
  event: RequestEvent,
  now: Date,
): readonly Note[] {
  if (event.type === 'step_due') return stepNotes(before, next, event.steps);
  if (event.type === 'asking') return askingNotes(before, next, event.mention);
  const inThread = (kind: string, key: string) => ({ key: `${key}:${next.id}`, kind, recipient: null });
  if (event.type === 'reviewed') {
    const isLeft = 'total' in event.result && event.result.total !== 0;
    return isLeft ? [inThread('left_behind', 'left')] : [];
  }
  if (event.type === 'ask_extension') {
    return [inThread('extension_asked', `extend:${next.extensionAsk?.at.getTime()}`)];
  }
  if (event.type === 'judge_asked') return [inThread('judge', `judge:${next.emergency?.asked}`)];
  const kind = noteKind(before, next, event, now);
  const isPrepared = event.type === 'proved_gone' && event.proof.prepared.length > 0;
  return [
    ...(kind === null ? [] : [{ key: noteKey(next, kind), kind, recipient: next.requester }]),
    ...(isPrepared ? [inThread('prepared', 'prepared')] : []),
  ];
}

/** A card for each person who is asked directly, and a mention of the new approvers in the card's thread. */
function askingNotes(
  { asking: before }: AccessRequest,
  next: AccessRequest,
  mention: boolean,
): readonly Note[] {
  const added = (next.asking?.directly ?? []).filter((person) => before?.directly.includes(person) !== true);
  return [
    ...added.map((person) => ({ key: `card:${next.id}@${person}`, kind: 'card', recipient: person })),
    ...(mention ? [{ key: `approvers:${next.id}:${next.version}`, kind: 'approvers', recipient: null }] : []),
  ];
}

/** Told once, but for each extension and for each new end of a grant again; also for each time that it is to end unused. */
function noteKey({ id, version, extension, expiresAt, idleEndsAt }: AccessRequest, kind: NoteKind): string {
  const key = `note:${id}:${kind}`;
  if (kind === 'extension_denied') return `${key}:${version}`;
  if (kind === 'extended' || kind === 'not_extended') return `${key}:${extension?.at.getTime()}`;
  // When the server refuses a later end, the previous one stands again: its warning may have been sent already.
  if (kind === 'idle') return `${key}:${idleEndsAt?.getTime()}`;
  if (kind === 'expiring' || kind === 'closing') return `${key}:${expiresAt?.getTime()}`;
  return key;
}

function noteKind(
  before: AccessRequest,
  next: AccessRequest,
  event: RequestEvent,
  now: Date,
): NoteKind | null {
  if (event.type === 'warned') {
    // After the expiry a warning would be wrong.
    if (isExpired(next, now)) return null;
    return isLastCall(before) ? 'closing' : 'expiring';
  }
  if (event.type === 'unused') return 'unused';
  if (event.type === 'idle_announced') return 'idle';
  if (event.type === 'judged') return 'judged';
  // One approval of several changes nothing yet.
  if (event.type === 'extend') return next.extensions > before.extensions ? 'extended' : null;
  if (event.type === 'extend_by_rule') return 'extended';
  if (event.type === 'deny_extension') return 'extension_denied';
  if (event.type === 'extension_refused') return 'not_extended';
  if (next.state === before.state) return null;
  if (next.state === 'active') return 'granted';
  return isFinal(next.state) ? next.state : null;
}
