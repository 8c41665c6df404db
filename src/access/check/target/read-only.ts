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
  const ours =
    'Hallpass’s own sessions set it off, so it goes on granting and revoking (a sweep from cron needs it off, too)';
  if (source === 'user' || source === 'database user') {
    const says = `default_transaction_read_only is on for ${login}. ${ours}.`;
    return [
      note(
        'setting',
        says,
        `If nobody wants it:\nALTER ROLE ${quoteName(login)} RESET default_transaction_read_only;`,
      ),
    ];
  }
  const where = source === 'database' ? 'this database' : 'the whole server';
  const says = `default_transaction_read_only is on for ${where}: whoever is granted a role that writes can’t write, unless they set it off. ${ours}.`;
  const nextStep =
    source === 'database'
      ? 'If nobody wants it: ALTER DATABASE … RESET default_transaction_read_only;'
      : 'Some providers set it when the disk is full: look at that first. Else: ALTER SYSTEM RESET default_transaction_read_only; SELECT pg_reload_conf();';
  return [writes ? failure('setting', says, nextStep) : note('setting', says, nextStep)];
}
