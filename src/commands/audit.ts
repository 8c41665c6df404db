/** `hallpass audit`: verifies, exports and prunes the audit trail. Needs neither Slack nor targets. */
import type { Command } from 'commander';
import { exportAudit, FORMATS } from './audit/export.js';
import { pruneAudit } from './audit/prune.js';
import { verifyAudit } from './audit/verify.js';
import { MOMENT } from './shared/moment.js';

export function addAudit(program: Command): void {
  const audit = program.command('audit').description('verify, export or prune the audit trail');
  audit
    .command('verify')
    .description(
      'recompute the chain over all audit events, and name every event that is not as it was written, and every request that is not what its events make of it',
    )
    .option('--head <seq:hash>', 'a head noted elsewhere, as the operators’ channel has it, to compare with')
    .action(verifyAudit);
  const exporting = audit
    .command('export')
    .description('print audit events, each with what it takes to verify it without the ledger')
    .option('--since <time>', `from then on: ${MOMENT}`)
    .option('--until <time>', 'before then');
  exporting
    .addOption(exporting.createOption('--format <format>').choices(Object.keys(FORMATS)).default('jsonl'))
    .action(exportAudit);
  audit
    .command('prune')
    .description(
      'delete audit events that are older, and requests of which none is left, with DATABASE_OWNER_URL; leaves a checkpoint signed with AUDIT_KEY_FILE',
    )
    .requiredOption('--before <time>', MOMENT)
    .action(pruneAudit);
}
