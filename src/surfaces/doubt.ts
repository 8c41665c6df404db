import { compose } from './blocks.js';
import type { Message } from './message.js';
import { code, inline } from './text.js';

/** On the card of a request that waits for the operators' decision. */
export const DOUBTED =
  'Hallpass’s ledger is not as this server remembers it: it was restored from a backup, perhaps. An operator decides how to go on.';

/** Why a request came to nothing. */
export const RESTORED =
  'Hallpass’s ledger was restored from a backup in which this was not settled yet: ask again.';

/** For the operators' channel: a target remembers a ledger that this one is not, or is not any more. */
export function ledgerDoubted(facts: {
  readonly target: string;
  readonly targetName: string;
  /** Entries of the audit trail: what the target remembers, and what this ledger has. */
  readonly remembered: number;
  readonly here: number;
}): Message {
  const { target, remembered, here } = facts;
  const name = inline(facts.targetName, 150);
  const found =
    remembered > here
      ? `The audit trail had ${remembered} entries when Hallpass last wrote to ${name}; this ledger has ${here}. It was restored from a backup.`
      : `Entry ${remembered} of the audit trail is another here than when Hallpass last wrote to ${name}. This ledger was restored from a backup, or another Hallpass uses the same login there.`;
  return compose({
    mark: 'warning',
    title: `The ledger is not as ${name} remembers it`,
    paragraphs: [
      found,
      'Until you decide, nothing is lent there and nothing is taken back, not even what has expired: this ledger doesn’t know what was extended or ended since. New requests get ids that were never used.',
      `${code(`hallpass recover ${target}`)} shows what is out there, and how to go on.`,
    ],
    buttons: [],
    footer: `target ${code(target)}`,
  });
}
