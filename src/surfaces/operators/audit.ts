/** What the operators' channel is told of the audit trail. */
import { type Head, headName } from '../../domain/audit/audit-chain.js';
import { type AccessRequest, requestName } from '../../domain/request/request.js';
import { compose } from '../kit/blocks.js';
import type { Message } from '../kit/message.js';
import { code, truncate } from '../kit/text.js';

/** Why a request failed that nobody approved; the end of a sentence. */
export const NOT_APPROVED = 'the audit trail has no approval of it, so Hallpass does not grant it';

/** A request stood in the ledger as approved, and its audit trail has no approval that agrees with it. */
export function notApproved({ id, target, role, login }: AccessRequest): Message {
  return compose({
    mark: 'rotating_light',
    title: `${requestName(id)} was not granted: nobody approved it`,
    paragraphs: [
      `The ledger had it as approved, for ${code(role)} on ${code(target)} to ${code(login)}, but ${NOT_APPROVED}.`,
      `Somebody wrote to the ledger past Hallpass, with the credential of ${code('DATABASE_URL')} or as the ledger’s owner. Change that credential, then run ${code('hallpass audit verify')}.`,
    ],
    footer: `target ${code(target)}`,
  });
}

/** @param day as in `2026-11-21`. */
export function auditHead(head: Head, day: string): Message {
  return compose({
    mark: 'link',
    title: `Audit trail, ${day}`,
    paragraphs: [
      `The chain ends at ${code(headName(head))}.`,
      `No action needed. If any entry up to here is changed later, ${code('hallpass audit verify --head …')} with this value will fail.`,
    ],
    footer: 'audit, once a day',
  });
}

/** Requests that are listed; the rest is counted. */
const MAX_MISFITS = 5;

/** Open requests that are not what their audit events make of them. */
export function requestsAltered(
  misfits: readonly { readonly requestId: number; readonly says: readonly string[] }[],
): Message {
  const count = misfits.length;
  const listed = misfits.slice(0, MAX_MISFITS);
  const lines = listed.map(({ requestId, says }) => `${requestName(requestId)}: ${says.join('; ')}`);
  return compose({
    mark: 'rotating_light',
    title: `${count === 1 ? 'A request is' : `${count} requests are`} not what the audit trail says`,
    paragraphs: [
      'Somebody wrote to the ledger past Hallpass.',
      {
        label: count > listed.length ? `The first ${listed.length}:` : 'What does not fit:',
        words: lines.map((line) => truncate(line, 250)).join('\n'),
      },
      `End access that should not be. ${code('hallpass audit verify')} names everything that does not fit.`,
    ],
    footer: 'audit',
  });
}
