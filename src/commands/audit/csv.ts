/**
 * Audit events for a spreadsheet (RFC 4180). What others wrote must not be taken for a formula there: a cell that
 * would begin like one begins with an apostrophe (OWASP, "CSV Injection"). The canonical text begins with a brace and
 * stays as it is, to be verified.
 */
import { z } from 'zod';
import type { Exported } from '../../access/audit/export.js';
import { requestName } from '../../domain/request.js';

const COLUMNS = ['seq', 'hash', 'previous', 'at', 'request', 'kind', 'actor', 'text'] as const;

const readable = z.object({ at: z.string(), kind: z.string(), actor: z.string().nullable() });

export const csvHead = line(COLUMNS);

export function csvLine({ seq, hash, previous, requestId, text }: Exported): string {
  const event = text === null ? null : readable.parse(JSON.parse(text));
  return line([
    String(seq),
    hash,
    previous ?? '',
    event?.at ?? '',
    requestId === null ? '' : requestName(requestId),
    inert(event?.kind ?? ''),
    inert(event?.actor ?? ''),
    text ?? '',
  ]);
}

/** Also what a spreadsheet's import makes of full-width characters, and what it skips before it looks. */
function inert(words: string): string {
  return /^[\s\p{C}]*[=+\-@＝＋－＠]/u.test(words) || /^[\t\r\n]/.test(words) ? `'${words}` : words;
}

function line(cells: readonly string[]): string {
  return `${cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',')}\r\n`;
}
