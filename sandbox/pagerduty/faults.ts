import { type Answer, rateLimited, restError } from './answer.js';

/** What can go wrong with PagerDuty, to order. */
export type Fault =
  /** 429; `reset`: what PagerDuty says of the seconds until it listens again. */
  | { readonly kind: 'rate_limited'; readonly reset: number }
  /** An HTTP error with PagerDuty's error object, or, for 502 and 503, a proxy's page instead of it. */
  | { readonly kind: 'status'; readonly status: 400 | 401 | 403 | 404 | 500 | 502 | 503 }
  /** No answer. */
  | { readonly kind: 'hang' }
  /** The connection is reset. */
  | { readonly kind: 'reset' }
  /** The right answer, `ms` milliseconds late. */
  | { readonly kind: 'slow'; readonly ms: number };

/** Everything ordered happens a number of times and then no more. */
export class Faults {
  #ordered: { readonly path: string; readonly fault: Fault; left: number }[] = [];

  /** @param path `/users`, `/oncalls`, `/v2/enqueue`, …, or `*` for all; on one path they happen in the order given. */
  order(path: string, fault: Fault, times = 1): void {
    this.#ordered.push({ path, fault, left: times });
  }

  /** Forgets all that was ordered and has not happened yet. */
  clear(): void {
    this.#ordered = [];
  }

  take(path: string): Fault | undefined {
    const next = this.#ordered.find((order) => order.left > 0 && ['*', path].includes(order.path));
    if (next) next.left -= 1;
    return next?.fault;
  }
}

const STATUS: Readonly<Record<400 | 401 | 403 | 404 | 500, readonly [code: number, message: string]>> = {
  400: [2001, 'Invalid Input Provided'],
  401: [2006, 'Authentication failed'],
  403: [2010, 'Access Denied'],
  404: [2100, 'Not Found'],
  500: [2000, 'An internal error has occurred. PagerDuty team has been notified.'],
};

/** What a fault answers instead of the right answer; undefined when it answers nothing or only late. */
export function answerOf(fault: Fault): Answer | undefined {
  if (fault.kind === 'rate_limited') return rateLimited(960, fault.reset);
  if (fault.kind !== 'status') return undefined;
  if (fault.status === 502 || fault.status === 503) return { status: fault.status, body: 'upstream error' };
  return restError(fault.status, ...STATUS[fault.status]);
}
