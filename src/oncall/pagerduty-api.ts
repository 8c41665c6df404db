/** Reads lists from PagerDuty's REST API and sorts what can go wrong with that. */
import type { api as pdjsApi } from '@pagerduty/pdjs';
import { z } from 'zod';
import { coerceError, HallpassError } from '../errors.js';

const PAGERDUTY = 'https://api.pagerduty.com';

/** PagerDuty's most: https://developer.pagerduty.com/docs/rest-api-v2/pagination/ */
const PAGE_SIZE = '100';

/**
 * How long the library waits before it asks again after a 429, which it does three times. Milliseconds; its
 * default of 20 s suits jobs that nobody waits for.
 */
const RETRY_AFTER_429_MS = 400;

/** What the library answers a GET with; it does not export the type. */
type Answer = Awaited<ReturnType<ReturnType<typeof pdjsApi>['get']>>;

/** Its message is a sentence for the card. */
export class PagerDutyError extends HallpassError {}

export interface PagerDutyApi {
  /**
   * The entries of the list at `path`, each page asked for only when it is reached. Throws PagerDutyError; when
   * `signal` aborts, the request under way and the library's retries end.
   */
  list<T>(
    path: 'users' | 'oncalls',
    query: Readonly<Record<string, string | string[]>>,
    entry: z.ZodType<T>,
    signal: AbortSignal,
  ): AsyncGenerator<T, void, undefined>;
}

/** @param heard whether PagerDuty answered as it should, after each call. */
export function createPagerDutyApi(
  token: string,
  apiUrl: string | null,
  heard: (up: boolean) => void = () => undefined,
): PagerDutyApi {
  const base = (apiUrl ?? PAGERDUTY).replace(/\/+$/, '');
  return {
    async *list<T>(
      path: 'users' | 'oncalls',
      query: Readonly<Record<string, string | string[]>>,
      entry: z.ZodType<T>,
      signal: AbortSignal,
    ) {
      // Not at the start: the first request comes later.
      const { api } = await import('@pagerduty/pdjs');
      const page = z.object({ [path]: z.array(entry) });
      let ask: (() => Promise<Answer>) | undefined = () =>
        api({
          url: `${base}/${path}`,
          token,
          queryParameters: { ...query, limit: PAGE_SIZE },
          signal,
          retryTimeout: RETRY_AFTER_429_MS,
          // The library's own timeout cancels nothing, and would keep the process alive for 30 s.
          requestTimeout: 0,
        });
      while (ask) {
        const response: Answer = await answer(ask).catch((thrown: unknown) => {
          heard(false);
          throw thrown;
        });
        heard(true);
        const parsed = page.safeParse(response.data);
        if (!parsed.success) {
          throw new PagerDutyError('PagerDuty gave an answer that Hallpass does not understand.', {
            passing: false,
            nextStep: 'Check that PAGERDUTY_API_URL leads to PagerDuty.',
            cause: parsed.error,
          });
        }
        yield* parsed.data[path] ?? [];
        ask = response.next;
      }
    },
  };
}

/** Runs one call; whatever is no 200 becomes a PagerDutyError. */
async function answer(ask: () => Promise<Answer>): Promise<Answer> {
  let response: Answer;
  try {
    response = await ask();
  } catch (thrown) {
    // A body that is no JSON makes the library reject with the response itself.
    throw hasStatus(thrown) ? refused(thrown.status) : unreachable(coerceError(thrown));
  }
  if (response.status !== 200) throw refused(response.status);
  return response;
}

function hasStatus(thrown: unknown): thrown is { readonly status: number } {
  return (
    typeof thrown === 'object' && thrown !== null && 'status' in thrown && typeof thrown.status === 'number'
  );
}

function refused(status: number): PagerDutyError {
  switch (status) {
    case 401:
    case 403:
      return new PagerDutyError(`PagerDuty refused the token of Hallpass (${status}).`, {
        passing: false,
        nextStep: 'Put a valid REST API key into PAGERDUTY_TOKEN; a read-only one is enough.',
      });
    case 429:
      return new PagerDutyError('PagerDuty is receiving too many requests just now (429).', {
        passing: true,
      });
    default:
      return new PagerDutyError(`PagerDuty answered with an error (${status}).`, { passing: status >= 500 });
  }
}

function unreachable(cause: Error): PagerDutyError {
  return new PagerDutyError('PagerDuty could not be reached.', {
    passing: true,
    nextStep: 'Check that Hallpass can connect to PagerDuty (PAGERDUTY_API_URL).',
    cause,
  });
}
