/** What the operators are told of revocations that are late: in their channel, and by PagerDuty. */
import { compose } from './blocks.js';
import { plural } from './kit/words.js';
import type { Message } from './message.js';
import { code, inline, plainName, when } from './text.js';

interface Facts {
  /** The target's key in the configuration. */
  readonly target: string;
  readonly targetName: string;
  readonly grants: number;
  /** When the first of them was due. */
  readonly since: Date;
  /** What keeps them from being done; as a server said it. */
  readonly trouble: string | null;
  /** Else the memberships are gone, and sessions that had them are open. */
  readonly toRevoke: boolean;
}

/** It is edited as long as it lasts. */
export function overdue({ target, targetName, grants, since, trouble, toRevoke }: Facts): Message {
  return compose({
    mark: 'rotating_light',
    title: `Overdue: ${plural(grants, 'revocation')} on ${inline(targetName, 150)}`,
    paragraphs: [
      toRevoke
        ? `The first was due ${when(since)}, and is not proved gone: who has the role may still use it.`
        : `The first was due ${when(since)}. The roles are revoked, and sessions that had them are still open.`,
      trouble === null
        ? 'What keeps Hallpass from it is not known yet.'
        : { label: 'What keeps Hallpass from it:', words: trouble },
      `Hallpass tries again each second. ${code(`hallpass check ${target}`)} says what is wrong there. ${byHand(toRevoke)}`,
    ],
    footer: `target ${code(target)}`,
  });
}

/** A REVOKE by hand does nothing where nothing is left to revoke. */
function byHand(toRevoke: boolean): string {
  return toRevoke
    ? 'If that can’t be put right soon, let a database administrator REVOKE by hand: Hallpass sees it.'
    : `If that can’t be put right soon, let a database administrator end those sessions (${code('pg_terminate_backend')}): Hallpass sees it.`;
}

/** @param facts as they stood last. */
export function overdueMended({
  target,
  targetName,
  grants,
  since,
  mendedAt,
}: Omit<Facts, 'trouble' | 'toRevoke'> & { readonly mendedAt: Date }): Message {
  return compose({
    mark: 'white_check_mark',
    title: `Resolved: nothing is overdue on ${inline(targetName, 150)}`,
    paragraphs: [
      `All is proved gone since ${when(mendedAt)}. The first was due ${when(since)}; ${plural(grants, 'revocation was', 'revocations were')} overdue last.`,
    ],
    footer: `target ${code(target)}`,
  });
}

/** For PagerDuty, in plain text. */
export function overdueSummary({ targetName, grants }: Facts): string {
  return `Hallpass: ${plural(grants, 'revocation')} overdue on ${plainName(targetName, 150)}`;
}
