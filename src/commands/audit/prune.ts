import { pruneEvents } from '../../access/audit/prune.js';
import { auditPrivateKey, auditPublicKey } from '../../config/environment/audit-keys.js';
import { readDatabases } from '../../config/environment/env.js';
import { headName } from '../../domain/audit/audit-chain.js';
import { requestName } from '../../domain/request/request.js';
import { readNow } from '../../ledger/audit/audit-chain.js';
import { withPatientLedger } from '../shared/ledger.js';
import { parseMoment } from '../shared/moment.js';
import { operator } from '../shared/operator.js';
import { print } from '../shared/output.js';

export async function pruneAudit({ before }: { readonly before: string }): Promise<void> {
  const privateKey = auditPrivateKey(process.env);
  const publicKey = auditPublicKey(process.env) ?? privateKey;
  const { databaseOwnerUrl } = readDatabases(process.env);
  const { checkpoint, deleted, requests, heldBy } = await withPatientLedger(async (db) => {
    const moment = parseMoment(before, await readNow(db), '--before');
    return pruneEvents(db, moment, { privateKey, publicKey }, operator());
  }, databaseOwnerUrl);
  print(deleted + requests === 0 ? 'Nothing is to be pruned.' : `Pruned ${deleted} events.`);
  if (requests > 0) print(`Deleted ${requests} requests of which no event is left, with their reasons.`);
  if (checkpoint !== null) print(`The rest verifies from ${headName(checkpoint)}.`);
  if (heldBy !== null) print(`What follows is kept: ${requestName(heldBy)} is not over.`);
}
