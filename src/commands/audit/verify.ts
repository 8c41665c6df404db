import { type Reconciled, reconcile } from '../../access/audit/reconcile.js';
import { type Verdict, verifyChain } from '../../access/audit/verify.js';
import { auditPublicKey } from '../../config/environment/audit-keys.js';
import { type Fault, type Head, headName, parseHead } from '../../domain/audit/audit-chain.js';
import { requestName } from '../../domain/request/request.js';
import { plainName } from '../../surfaces/kit/text.js';
import { withPatientLedger } from '../shared/ledger.js';
import { print } from '../shared/output.js';
import { refused } from '../shared/refused.js';
import { table } from '../shared/table.js';

export async function verifyAudit({ head }: { readonly head?: string }): Promise<void> {
  const noted = head === undefined ? null : parseNoted(head);
  const publicKey = auditPublicKey(process.env);
  const [verdict, reconciled] = await withPatientLedger(
    async (db) => [await verifyChain(db, publicKey, noted), await reconcile(db)] as const,
  );
  report(verdict, noted);
  reportRequests(reconciled);
  if (verdict.faults.length + reconciled.misfits.length > 0) process.exitCode = 1;
}

function parseNoted(text: string): Head {
  const head = parseHead(text);
  if (head !== null) return head;
  throw refused(
    `--head: ${JSON.stringify(text)} is no head`,
    'Copy it from the operators’ channel: the number, a colon and 64 hexadecimal digits.',
  );
}

function report({ count, checkpoint, head, faults, more }: Verdict, noted: Head | null): void {
  if (faults.length > 0) {
    print(table([['SEQ', 'EVENT', 'REQUEST', 'WHAT IS WRONG'], ...faults.map(row)]));
    if (more > 0) print(`... and ${more} more.`);
    print('');
  }
  print(`events  ${count}`);
  if (checkpoint !== null) {
    const by = plainName(checkpoint.by, 200);
    print(`after   ${headName(checkpoint)}, pruned on ${checkpoint.at.toISOString()} by ${by}`);
  }
  print(`head    ${headName(head)}`);
  if (noted !== null) print(`noted   ${headName(noted)}`);
  print(faults.length === 0 ? 'The audit trail is as it was written.' : 'The audit trail was altered.');
}

function reportRequests({ count, misfits, more }: Reconciled): void {
  print('');
  if (misfits.length > 0) {
    const rows = misfits.flatMap(({ requestId, says }) =>
      says.map((one) => [requestName(requestId), plainName(one, 500)]),
    );
    print(table([['REQUEST', 'WHAT DOES NOT FIT ITS EVENTS'], ...rows]));
    if (more > 0) print(`... and ${more} more requests.`);
    print('');
  }
  print(`requests  ${count}`);
  print(
    misfits.length === 0
      ? 'Every request is what its events make of it.'
      : `${misfits.length + more} of the requests are not what their events make of them: somebody changed the ledger past Hallpass.`,
  );
}

function row({ seq, eventId, requestId, says }: Fault): readonly string[] {
  return [`${seq ?? '-'}`, `${eventId ?? '-'}`, requestId === null ? '-' : requestName(requestId), says];
}
