/**
 * Audit events for a spreadsheet. The canonical text begins with a brace and stays as it is, to be verified; the
 * other columns are for reading.
 */
import { z } from 'zod';
import type { Exported } from '../../access/audit/export.js';
import { requestName } from '../../domain/request/request.js';
import { tell } from '../../surfaces/terminal/history.js';
import { csvLine } from '../shared/csv.js';

const COLUMNS = [
  ...['seq', 'hash', 'previous', 'at', 'request', 'kind', 'actor', 'text'],
  // New columns come last, so that programs can go on reading the others by position.
  ...['target', 'role', 'login', 'person', 'says'],
] as const;

const text = z.string().catch('');
const readable = z.object({
  at: z.string(),
  kind: z.string(),
  actor: z.string().nullable(),
  data: z.unknown(),
});
/** What an event without a request says of the target, role and login itself. */
const own = z.object({ target: text, role: text, login: text }).catch({ target: '', role: '', login: '' });

export const csvHead = csvLine([...COLUMNS]);

export function toCsv({ seq, hash, previous, requestId, text: canonical, about }: Exported): string {
  const event = canonical === null ? null : readable.parse(JSON.parse(canonical));
  const { target, role, login } = about ?? own.parse(event?.data);
  return csvLine([
    ...[seq, hash, previous, event?.at ?? null],
    ...[
      requestId === null ? null : requestName(requestId),
      event?.kind ?? null,
      event?.actor ?? null,
      canonical,
    ],
    ...[target, role, login, about?.requester ?? null],
    event && tell(event),
  ]);
}
