import type { ReadOnlyDefault } from '../../../postgres/diagnosis/read-own-login.js';
import { quoteName } from '../../../postgres/quote.js';
import { type Finding, failure, note } from '../finding.js';

/** @param writes a role that is offered there can change data. */
export function describeReadOnly(
  { readOnly, source }: ReadOnlyDefault,
  login: string,
  writes: boolean,
): readonly Finding[] {
  if (!readOnly) return [];
  const isOn = 'default_transaction_read_only is on for';
  const ours =
    'Hallpass’s own sessions set it off, so it goes on granting and revoking (a sweep from cron needs it off, too).';
  if (source === 'user' || source === 'database user') {
    const reset = `ALTER ROLE ${quoteName(login)} RESET default_transaction_read_only;`;
    return [note('setting', `${isOn} ${login}. ${ours}`, `If nobody wants it:\n${reset}`)];
  }
  const isDatabase = source === 'database';
  const where = isDatabase ? 'this database' : 'the whole server';
  const finding = writes ? failure : note;
  return [
    finding(
      'setting',
      `${isOn} ${where}: anyone granted a role that writes can’t write unless they set it off. ${ours}`,
      isDatabase
        ? 'If nobody wants it: ALTER DATABASE … RESET default_transaction_read_only;'
        : 'Some providers set it when the disk is full: look at that first. Else: ALTER SYSTEM RESET default_transaction_read_only; SELECT pg_reload_conf();',
    ),
  ];
}
