/** Reads from PagerDuty's REST API and sorts what can go wrong. */
import type { api as pdjsApi } from '@pagerduty/pdjs';
import { z } from 'zod';
import { coerceError, HallpassError } from '../errors.js';

export const PAGERDUTY = 'https://api.pagerduty.com';

/** PagerDuty's maximum: https://developer.pagerduty.com/docs/rest-api-v2/pagination/ */
const PAGE_SIZE = '100';

/** How long the library waits before each of its three retries after a 429; its default of 20 s suits background jobs. */
const RETRY_AFTER_429_MS = 400;

/** The library doesn't export the type. */
type Answer = Awaited<ReturnType<ReturnType<typeof pdjsApi>['get']>>;

/** Its message is a sentence for the card. */
export class PagerDutyError extends HallpassError {
  /** The token, the rights of its owner or the routing key are refused. */
  readonly isTokenRefused: boolean;

  constructor(
    message: string,
    options: ConstructorParameters<typeof HallpassError>[1] & { readonly isTokenRefused?: boolean },
  ) {
    super(message, options);
    this.isTokenRefused = options.isTokenRefused === true;
  }
}

export interface PagerDutyApi {
  /**
   * The entries of the list at `path`; each page is asked for when it is reached. `signal` ends the request in progress and
   * the library's retries. @throws PagerDutyError
   */
  list<T>(
    path: 'users' | 'oncalls',
    query: Readonly<Record<string, string | string[]>>,
    entry: z.ZodType<T>,
    signal: AbortSignal,
  ): AsyncGenerator<T, void, undefined>;
  /** One thing by its id, which the answer has under `name`; null when there is none. As `list`. */
  get<T>(
    path: 'users' | 'schedules' | 'escalation_policies',
    id: string,
    name: string,
    thing: z.ZodType<T>,
    signal: AbortSignal,
  ): Promise<T | null>;
}

/** @param heard whether PagerDuty answered as it should, after each call. */
export function createPagerDutyApi(
  token: string,
  apiUrl: string | null,
  heard: (up: boolean) => void = () => undefined,
): PagerDutyApi {
  const base = (apiUrl ?? PAGERDUTY).replace(/\/+$/, '');

  async function request(
    path: string,
    queryParameters: Readonly<Record<string, string | string[]>>,
    signal: AbortSignal,
  ): Promise<Answer> {
    // Not loaded at the start: the first request comes later.
    const { api } = await import('@pagerduty/pdjs');
    return api({
      url: `${base}/${path}`,
      token,
      queryParameters: { ...queryParameters },
      signal,
      retryTimeout: RETRY_AFTER_429_MS,
      // The library's own timeout cancels nothing, and would keep the process alive for 30 s.
      requestTimeout: 0,
    });
  }

  return {
    async *list<T>(
      path: 'users' | 'oncalls',
      query: Readonly<Record<string, string | string[]>>,
      entry: z.ZodType<T>,
      signal: AbortSignal,
    ) {
      const page = z.object({ [path]: z.array(entry) });
      let ask: (() => Promise<Answer>) | undefined = () =>
        request(path, { ...query, limit: PAGE_SIZE }, signal);
      while (ask) {
        const response: Answer = await answer(ask).catch((thrown: unknown) => {
          heard(false);
          throw thrown;
        });
        heard(true);
        yield* understood(page, response.data)[path] ?? [];
        ask = response.next;
      }
    },

    async get(path, id, name, thing, signal) {
      const response = await answer(
        () => request(`${path}/${encodeURIComponent(id)}`, {}, signal),
        (status) => status !== 404,
      );
      if (response.status === 404) return null;
      return understood(z.object({ [name]: thing }), response.data)[name] ?? null;
    },
  };
}

function understood<T>(schema: z.ZodType<T>, data: unknown): T {
  const parsed = schema.safeParse(data);
  if (parsed.success) return parsed.data;
  throw new PagerDutyError('PagerDuty gave an answer that Hallpass does not understand.', {
    passing: false,
    nextStep: 'Check that PAGERDUTY_API_URL leads to PagerDuty.',
    cause: parsed.error,
  });
}

/** Any status but 200 becomes a PagerDutyError, unless the caller expects it. */
async function answer(
  ask: () => Promise<Answer>,
  isError: (status: number) => boolean = () => true,
): Promise<Answer> {
  let response: Answer;
  try {
    response = await ask();
  } catch (thrown) {
    // Given a body that isn't JSON, the library rejects with the response itself.
    throw hasStatus(thrown) ? refused(thrown.status) : unreachable(coerceError(thrown));
  }
  if (response.status !== 200 && isError(response.status)) throw refused(response.status);
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
        isTokenRefused: true,
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
