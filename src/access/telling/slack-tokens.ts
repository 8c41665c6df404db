/**
 * Whether Slack takes our tokens. Without one Hallpass goes on revoking, and says so where Slack is not needed: in
 * the log, in /readyz, as a gauge and as a page. It heals by itself when the token works again.
 */
import { coerceError, HallpassError } from '../../errors.js';
import { closePage, openPage } from '../../ledger/messages/pages.js';
import type { SlackToken } from '../../metrics.js';
import type { Deps } from '../deps.js';
import { sendPages } from './pages.js';

export interface SlackTokens {
  /** Asks Slack about the bot token, and pages for what is known. */
  look(): Promise<void>;
  /** What the socket heard of the app-level token: why it is refused, or null. */
  heard(refusal: HallpassError | null): void;
  /** Did Slack answer the last look, and take the token? null: it was not asked yet. */
  answered(): boolean | null;
  /** Why Slack can't be used, in sentences; empty when it can. */
  refusals(): readonly string[];
}

export function createSlackTokens(
  deps: Pick<Deps, 'db' | 'messenger' | 'events' | 'logger' | 'metrics' | 'background'>,
): SlackTokens {
  const { db, messenger, logger, metrics } = deps;
  /** Why each is refused, or null; and whether that was paged. What was never looked at is in neither. */
  const known = new Map<SlackToken, string | null>();
  const paged = new Map<SlackToken, boolean>();
  let answered: boolean | null = null;

  function learn(token: SlackToken, refusal: Error | null): void {
    const before = known.get(token) ?? null;
    known.set(token, refusal?.message ?? null);
    metrics.slackRefuses(token, refusal !== null);
    if (refusal !== null && before === null) {
      logger.fatal({ err: refusal }, 'Slack rejects the token; revocations continue');
    } else if (refusal === null && before !== null) logger.info({ token }, 'Slack takes the token again');
  }

  /** A replica that was started with a new token ends what one with the old token began. */
  async function page(): Promise<void> {
    for (const [token, refusal] of known) {
      if (paged.get(token) === (refusal !== null)) continue;
      const key = `slack/${token}`;
      if (refusal === null) await closePage(db, key);
      else {
        const summary = `Hallpass: Slack refuses the ${token} token. Nobody hears from Hallpass; what is due is revoked.`;
        await openPage(db, { key, summary, details: { reason: refusal } });
      }
      paged.set(token, refusal !== null);
      deps.background('page the operators', sendPages(deps));
    }
  }

  return {
    async look() {
      try {
        await messenger.checkToken();
        answered = true;
        learn('bot', null);
      } catch (thrown) {
        answered = false;
        const error = coerceError(thrown);
        // Slack being down says nothing about the token.
        if (error instanceof HallpassError && !error.passing) learn('bot', error);
      }
      await page();
    },
    heard(refusal) {
      learn('app-level', refusal);
      deps.background('page the operators', page());
    },
    answered: () => answered,
    refusals: () => [...known.values()].filter((refusal) => refusal !== null),
  };
}
