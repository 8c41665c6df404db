/** What the operators are told when Hallpass can't read its own ledger: past its outbox, which is kept there. */
import { compose } from '../kit/blocks.js';
import type { Message } from '../kit/message.js';
import { code, plainName, when } from '../kit/text.js';

interface Facts {
  /** The process that says so. */
  readonly process: string;
  readonly since: Date;
}

export function ledgerUnreadable({ process, since, why }: Facts & { readonly why: string }): Message {
  return compose({
    mark: 'rotating_light',
    title: 'Hallpass can’t read its ledger',
    paragraphs: [
      `Since ${when(since)} what Hallpass can’t read there is neither granted nor revoked: grants stay in force past their time.`,
      { label: 'Why:', words: why },
      `Check the server of DATABASE_URL, and what Hallpass’s login may read there. Hallpass continues by itself as soon as it can; ${code('/readyz')} turns green then.`,
    ],
    footer: `process ${code(process)}`,
  });
}

export function ledgerReadable({ process, since, until }: Facts & { readonly until: Date }): Message {
  return compose({
    mark: 'white_check_mark',
    title: 'Hallpass can read its ledger again',
    paragraphs: [
      `It could not from ${when(since)} to ${when(until)}. What became due meanwhile is being revoked.`,
    ],
    footer: `process ${code(process)}`,
  });
}

/** For PagerDuty, in plain text. */
export function ledgerUnreadableSummary(why: string): string {
  return `Hallpass can’t read its ledger, and revokes nothing: ${plainName(why, 500)}`;
}
