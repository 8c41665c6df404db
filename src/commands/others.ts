/** The commands that end by themselves: what a DBA or an operator types. */
import type { Command } from 'commander';
import { explainRole } from '../config/explain.js';
import { manifest } from '../slack/manifest.js';
import { addAudit } from './audit.js';
import { addCheck } from './check.js';
import { load } from './configuration.js';
import { print, printJson } from './output.js';
import { addReap } from './reap.js';
import { addRecover } from './recover.js';
import { addReport } from './report.js';
import { addSetupSql } from './setup-sql.js';
import { addShow } from './show.js';
import { addStatus } from './status.js';

export function addOthers(program: Command): void {
  addCheck(program);

  program
    .command('config')
    .description('each effective value of one role, with the file and line it comes from')
    .argument('<target/role>')
    .action((role: string) => print(explainRole(load(), role)));

  addSetupSql(program);
  addReap(program);
  addRecover(program);
  addStatus(program);
  addShow(program);
  addReport(program);
  addAudit(program);

  program
    .command('manifest')
    .description('the Slack app manifest, with the least scopes that this configuration needs')
    .option('--url <url>', 'the public address of Hallpass, for HTTP in place of Socket Mode')
    .action(({ url }: { url?: string }) => printJson(manifest(load(), url ?? null)));
}
