/** Pages the operators: makes PagerDuty show what the ledger says. Tried forever; nothing waits for it. */
import { coerceError } from '../../errors.js';
import { claimPages, nextPage, type Page, recordPaged, recordUnpaged } from '../../ledger/messages/pages.js';
import type { Deps } from '../deps.js';

/** Calls to PagerDuty at the same time. */
const SLOTS = 8;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 60_000;

type PageDeps = Pick<Deps, 'db' | 'events' | 'logger' | 'metrics'>;

/** Sends what is due. @returns milliseconds until more is; null when all is told, or there is nobody to tell. */
export async function sendPages(deps: PageDeps): Promise<number | null> {
  if (deps.events === null) return null;
  for (;;) {
    const pages = await claimPages(deps.db, SLOTS);
    if (pages.length === 0) return nextPage(deps.db);
    await Promise.all(pages.map((page) => send(deps, page)));
  }
}

async function send({ db, events, logger, metrics }: PageDeps, page: Page): Promise<void> {
  try {
    await events?.send(page);
    // crash point: after-page-before-record
    await recordPaged(db, page);
  } catch (thrown) {
    const error = coerceError(thrown);
    metrics.undelivered('pagerduty');
    logger.error({ err: error, page: page.key, attempts: page.attempts }, 'the operators were not paged');
    const pause = Math.min(FIRST_RETRY_MS * 2 ** Math.min(page.attempts - 1, 10), LONGEST_RETRY_MS);
    await recordUnpaged(db, page, error.message, pause);
  }
}
