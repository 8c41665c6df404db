/** The commands that a DBA or an operator types. */
import { type Command, InvalidArgumentError } from 'commander';
import { manifest } from '../slack/manifest.js';
import { addAudit } from './audit.js';
import { addCheck } from './check.js';
import { addConfig } from './config.js';
import { addEnd } from './end.js';
import { addExplain } from './explain.js';
import { addPause } from './pause.js';
import { addReap } from './reap.js';
import { addRecover } from './recover.js';
import { addReport } from './report.js';
import { addSetupSql } from './setup-sql.js';
import { loadWithoutConnections } from './shared/configuration.js';
import { printJson } from './shared/output.js';
import { addShow } from './show.js';
import { addStatus } from './status.js';

export function addCommands(program: Command): void {
  addCheck(program);

  addConfig(program);
  addExplain(program);
  addEnd(program);
  addPause(program);
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
    .option('--url <url>', 'the public https:// address of Hallpass, to receive by HTTP', publicAddress)
    .action(({ url }: { url?: string }) => printJson(manifest(loadWithoutConnections(), url ?? null)));
}

/** Slack delivers only to https. No slash at the end, because a path is appended. */
function publicAddress(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  const isPlain =
    url?.protocol === 'https:' && `${url.username}${url.password}${url.search}${url.hash}` === '';
  if (!isPlain) throw new InvalidArgumentError('Write an address like https://hallpass.example.com.');
  return url.href.replace(/\/+$/, '');
}
