import { compose } from '../kit/blocks.js';
import type { Message } from '../kit/message.js';
import { code, inline } from '../kit/text.js';
import { footer, type OnTarget, type Pair } from '../operators/on-target.js';

/** On the card of a request that waits for the operators' decision. */
export const DOUBTED =
  'Hallpass’s database doesn’t match what this server recorded. It may have been restored from a backup. A Hallpass operator has to decide how to continue.';

/** As DOUBTED, when somebody else has written what this server remembers. */
export const FORGED =
  'What this server recorded isn’t from this Hallpass: somebody changed Hallpass’s login there, or another Hallpass uses it. Nothing is granted until a Hallpass operator decides.';

/** Why a request came to nothing. */
export const RESTORED =
  'Hallpass’s ledger was restored from a backup in which this was not settled yet: ask again.';

/** For the operators' channel: a target remembers a ledger that this one is not, or is not any more. */
export function ledgerDoubted(
  facts: OnTarget & {
    /** Entries of the audit trail: what the target remembers, and what this ledger has. */
    readonly remembered: number;
    readonly here: number;
  },
): Message {
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
      'Until you decide, nothing is granted or revoked there, not even what has expired: this ledger doesn’t know what was extended or ended since. New requests get ids that were never used.',
      `${code(`hallpass recover ${target}`)} shows what is out there, and how to go on.`,
    ],
    footer: footer(facts),
  });
}

/** For the operators' channel: what a target remembers was not written by this ledger, which has not gone back. */
export function anchorForged(facts: OnTarget): Message {
  const name = inline(facts.targetName, 150);
  return compose({
    mark: 'warning',
    title: `Somebody changed Hallpass's login on ${name}`,
    paragraphs: [
      `Hallpass notes there how far its ledger went, and signs it. What stands there now isn't signed by this ledger. Somebody who may alter that login wrote it (${code('ALTER ROLE … SET application_name')}), or another Hallpass uses the same login.`,
      'Nothing new is granted there. Everything that is due is revoked as always.',
      `Find out who did it. Then ${code(`hallpass recover --accept ${facts.target}`)} signs it again.`,
    ],
    footer: footer(facts),
  });
}

/** For the operators' channel: something that looks like a note of Hallpass's, and can be none. */
export function anchorGarbled(facts: OnTarget): Message {
  return compose({
    mark: 'warning',
    title: `Hallpass's login on ${inline(facts.targetName, 150)} has a note that Hallpass can't have written`,
    paragraphs: [
      `It stands in the default ${code('application_name')} of that login. Hallpass ignores it and writes its own again, so nothing stops. Somebody may alter that login: find out who.`,
    ],
    footer: footer(facts),
  });
}

/** For the holder of a membership that a restored ledger doesn't know. */
export function notInTheLedger(facts: OnTarget & Pair): Message {
  return compose({
    mark: 'warning',
    title: `Hallpass no longer knows when your access on ${inline(facts.targetName, 150)} ends`,
    paragraphs: [
      `Hallpass's ledger was restored from a backup that doesn't have this grant: ${code(facts.role)} of ${code(facts.login)}. You still have it, and whatever time an earlier message named, nothing ends it then.`,
      'An operator decides when it is revoked. If you no longer need it, tell them.',
    ],
    footer: footer(facts),
  });
}
