import { WebClient, type WebClientOptions } from '@slack/web-api';
import { type Logger, loggerForSlack } from '../logger.js';

const TIMEOUT_MS = 8_000;

/**
 * A client of Slack's Web API without the library's defaults that are wrong here:
 * - no timeout, and ten retries in half an hour: a lost answer would post a message again. Here each try has a timeout, and
 *   `retries` is 1 for reads and 0 for changes: the caller decides when to change something again;
 * - after a 429 the whole client waits: a full channel would keep a form from opening. Here a 429 is an error;
 * - `headers` from the caller is written into, and would leak the token to another client: never set.
 * @param apiUrl null for Slack's own.
 */
export function createClient(
  token: string,
  apiUrl: string | null,
  retries: 0 | 1,
  logger: Logger,
): WebClient {
  const options: WebClientOptions = {
    logger: loggerForSlack(logger),
    timeout: TIMEOUT_MS,
    rejectRateLimitedCalls: true,
    retryConfig: { retries, minTimeout: 200, maxTimeout: 200 },
    allowAbsoluteUrls: false,
  };
  return new WebClient(token, apiUrl === null ? options : { ...options, slackApiUrl: apiUrl });
}
