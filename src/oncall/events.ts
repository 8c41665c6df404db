/** Opens and resolves incidents through PagerDuty's Events API v2: developer.pagerduty.com/docs/events-api-v2 */
import { Agent } from 'node:https';
import { connect, type NetConnectOpts } from 'node:net';
import { coerceError } from '../errors.js';
import { PagerDutyError } from './pagerduty-api.js';

const PAGERDUTY = 'https://events.pagerduty.com';
/** For one event with its retries. */
const TIMEOUT_MS = 5_000;
/** How long the library waits before each of its three retries after a 429. */
const RETRY_AFTER_429_MS = 400;
/** PagerDuty refuses a longer summary. */
const MAX_SUMMARY = 1_024;

interface Incident {
  /** Events with one key are one incident. */
  readonly key: string;
  /** false: it is over. */
  readonly open: boolean;
  /** Plain text. */
  readonly summary: string;
  readonly details: Readonly<Record<string, unknown>>;
}

export interface Events {
  /** A repetition adds nothing. @throws PagerDutyError when PagerDuty did not take it, or may not have. */
  send(incident: Incident): Promise<void>;
}

/** The library always writes `https://`; this reaches a service without TLS. */
class PlainAgent extends Agent {
  override createConnection(options: NetConnectOpts): ReturnType<typeof connect> {
    return connect(options);
  }
}

/**
 * @param options `installation` keeps two Hallpasses from sharing an incident; `apiUrl`: null for PagerDuty's own, another for
 *   its service region in the EU, https://events.eu.pagerduty.com.
 */
export function createEvents(options: {
  readonly routingKey: string;
  readonly apiUrl: string | null;
  readonly installation: string;
  /** Whether PagerDuty answered as it should, after each call. */
  readonly heard?: (up: boolean) => void;
}): Events {
  const { routingKey, installation, heard } = options;
  const { protocol, host, pathname } = new URL(options.apiUrl ?? PAGERDUTY);
  const reach = {
    server: `${host}${pathname.replace(/\/+$/, '')}`,
    ...(protocol === 'http:' ? { agent: new PlainAgent() } : {}),
  };

  return {
    async send({ key, open, summary, details }) {
      let status: number;
      try {
        const { event } = await import('@pagerduty/pdjs');
        const answer = await event({
          ...reach,
          data: {
            routing_key: routingKey,
            event_action: open ? 'trigger' : 'resolve',
            dedup_key: `hallpass/${installation}/${key}`,
            payload: {
              summary: summary.slice(0, MAX_SUMMARY),
              source: `hallpass/${installation}`,
              severity: 'critical',
              custom_details: details,
            },
          },
          signal: AbortSignal.timeout(TIMEOUT_MS),
          retryTimeout: RETRY_AFTER_429_MS,
          // The library's own timeout cancels nothing, and would keep the process alive for 30 s.
          requestTimeout: 0,
        });
        status = answer.status;
      } catch (thrown) {
        heard?.(false);
        throw notTaken(coerceError(thrown));
      }
      heard?.(status === 202);
      if (status !== 202) throw new PagerDutyError(`PagerDuty refused the event (${status}).`, REFUSED);
    },
  };
}

const REFUSED = {
  passing: true,
  isTokenRefused: true,
  nextStep: 'Check PAGERDUTY_EVENTS_ROUTING_KEY: the integration key of a service, of the Events API v2.',
} as const;

/** The library rejects an answer that isn't JSON: PagerDuty gives one for a wrong key, a proxy for its own trouble. */
function notTaken(cause: Error): PagerDutyError {
  return cause.name === 'FetchError' && 'type' in cause && cause.type === 'invalid-json'
    ? new PagerDutyError('PagerDuty did not take the event.', { ...REFUSED, cause })
    : new PagerDutyError('PagerDuty could not be reached with an event.', {
        passing: true,
        nextStep: 'Check that Hallpass can connect to PagerDuty (PAGERDUTY_EVENTS_API_URL).',
        cause,
      });
}
