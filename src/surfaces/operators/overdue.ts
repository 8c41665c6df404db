/** What the operators are told of revocations that are late: in their channel, and by PagerDuty. */
import { compose } from '../kit/blocks.js';
import type { Message } from '../kit/message.js';
import { code, inline, plainName, when } from '../kit/text.js';
import { plural } from '../kit/words.js';
import { footer, type OnTarget } from './on-target.js';

interface Facts extends OnTarget {
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
        ? `The oldest was due ${when(since)} and isn’t confirmed revoked, so the role may still be usable.`
        : `The oldest was due ${when(since)}. The roles are revoked, but sessions that had them are still open.`,
      trouble === null
        ? 'Hallpass doesn’t know the cause yet.'
        : { label: 'What stops Hallpass:', words: trouble },
      `Hallpass tries again each second. ${code(`hallpass check ${target}`)} says what is wrong there. ${byHand(toRevoke)}`,
    ],
    footer: footer({ target, targetName }),
  });
}

/** A REVOKE by hand does nothing where nothing is left to revoke. */
function byHand(toRevoke: boolean): string {
  return toRevoke
    ? 'If this can’t be fixed soon, have a database administrator REVOKE by hand; Hallpass will notice.'
    : `If this can’t be fixed soon, have a database administrator end those sessions (${code('pg_terminate_backend')}); Hallpass will notice.`;
}

/** @param facts as they stood last. */
export function overdueResolved({
  target,
  targetName,
  grants,
  since,
  resolvedAt,
}: Omit<Facts, 'trouble' | 'toRevoke'> & { readonly resolvedAt: Date }): Message {
  return compose({
    mark: 'white_check_mark',
    title: `Resolved: nothing is overdue on ${inline(targetName, 150)}`,
    paragraphs: [
      `All confirmed revoked ${when(resolvedAt)}. The oldest was due ${when(since)}; ${plural(grants, 'revocation was', 'revocations were')} overdue last.`,
    ],
    footer: footer({ target, targetName }),
  });
}

/** For PagerDuty, in plain text. */
export function overdueSummary({ targetName, grants }: Facts): string {
  return `Hallpass: ${plural(grants, 'revocation')} overdue on ${plainName(targetName, 150)}`;
}
