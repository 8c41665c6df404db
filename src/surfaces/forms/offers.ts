import { code, inline } from '../kit/text.js';
import { andMore } from '../kit/words.js';

/** Roles in one paragraph: a section takes 3,000 characters. */
const MAX_LISTED = 5;
const MAX_WORDS = 150;
const MAX_NAME = 100;

interface Offered {
  readonly targetName: string;
  readonly role: string;
  /** What it gives: "reads billing.invoices and 41 more". Plain text. */
  readonly words: string;
}

/**
 * Roles that would give what somebody asks for, in mrkdwn.
 * @param roles weakest first, not empty. @param isChosen the form begins with the first.
 */
export function offered(object: string, roles: readonly Offered[], isChosen: boolean): string {
  const lines = roles
    .slice(0, MAX_LISTED)
    .map(
      ({ targetName, role, words }) =>
        `• ${code(role)} on ${inline(targetName, MAX_NAME)}: ${inline(words, MAX_WORDS)}`,
    );
  const more = roles.length - MAX_LISTED;
  const next = isChosen
    ? roles.length === 1
      ? ''
      : ' The weakest is filled in.'
    : ' Choose the instance you mean.';
  return [
    `${roles.length === 1 ? 'This role gives' : 'These roles give'} ${code(object)}.${next}`,
    ...lines,
    ...(more > 0 ? [`•${andMore(more)}: type the name into the role’s search to see them.`] : []),
  ].join('\n');
}
