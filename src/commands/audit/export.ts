import { type Exported, exportEvents } from '../../access/audit/export.js';
import { readNow } from '../../ledger/audit/audit-chain.js';
import { withPatientLedger } from '../shared/ledger.js';
import { parseMoment } from '../shared/moment.js';
import { refused } from '../shared/refused.js';
import { printStream } from '../shared/stream.js';
import { csvHead, toCsv } from './csv.js';

export const FORMATS = {
  jsonl: {
    head: '',
    line: ({ seq, hash, previous, text }) => `${JSON.stringify({ seq, hash, previous, text })}\n`,
  },
  csv: { head: csvHead, line: toCsv },
} as const satisfies Record<string, { head: string; line: (event: Exported) => string }>;

interface Options {
  readonly since?: string;
  readonly until?: string;
  readonly format: keyof typeof FORMATS;
}

export async function exportAudit({ since, until, format }: Options): Promise<void> {
  let gone = 0;
  await withPatientLedger(async (db) => {
    const now = await readNow(db);
    const from = since === undefined ? null : parseMoment(since, now, '--since');
    const to = until === undefined ? null : parseMoment(until, now, '--until');
    const lines = async function* () {
      yield FORMATS[format].head;
      for await (const event of exportEvents(db, from, to)) {
        if (event.text === null || event.previous === null) gone += 1;
        yield FORMATS[format].line(event);
      }
    };
    await printStream(lines(), (text) => text);
  });
  if (gone > 0) {
    throw refused(
      `${gone} of the exported events can’t be verified: events were removed`,
      'See which, with `hallpass audit verify`.',
    );
  }
}
