import { createServer, type IncomingMessage, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Account } from './account.js';
import { type Answer, rateHeaders, rateLimited, restError } from './answer.js';
import { enqueue } from './events-api.js';
import { answerOf, type Fault, type Faults } from './faults.js';
import { read } from './rest-api.js';

/** One request, as it came in. */
export interface Call {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: string;
  /** What was ordered to go wrong with it. */
  readonly fault: Fault['kind'] | null;
}

/** What each key may ask in a minute (PagerDuty documentation, "REST API Rate Limits"). */
const LIMIT = 960;
const WINDOW_MS = 60_000;

/** Both APIs on one address, as two host names are in PagerDuty. */
export function createPagerDutyServer(account: Account, faults: Faults, calls: Call[]): Server {
  const count = rateLimit();
  return createServer((request, response) => {
    const handle = async () => {
      const url = new URL(request.url ?? '/', 'http://pagerduty');
      const body = await text(request);
      const fault = faults.take(url.pathname);
      const method = request.method ?? '';
      calls.push({ method, path: url.pathname, query: url.searchParams, body, fault: fault?.kind ?? null });
      if (fault?.kind === 'hang') return;
      if (fault?.kind === 'reset') return void request.socket.resetAndDestroy();
      if (fault?.kind === 'slow') await sleep(fault.ms, undefined, { ref: false });
      const answer = (fault && answerOf(fault)) ?? answerTo(request, url, body);
      const isText = typeof answer.body === 'string';
      response
        .writeHead(answer.status, {
          'content-type': isText ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8',
          ...answer.headers,
        })
        .end(isText ? answer.body : JSON.stringify(answer.body));
    };
    // The caller went away in the middle of its request: nobody is left to answer.
    handle().catch(() => request.destroy());
  });

  function answerTo(request: IncomingMessage, url: URL, body: string): Answer {
    if (url.pathname === '/v2/enqueue') {
      return request.method === 'POST' ? enqueue(account, body) : { status: 405, body: 'Method Not Allowed' };
    }
    if (request.headers.authorization !== `Token token=${account.token}`) {
      return restError(401, 2006, 'Authentication failed');
    }
    const { remaining, reset } = count();
    if (remaining < 0) return rateLimited(LIMIT, reset);
    const answer = request.method === 'GET' ? read(account, url) : restError(404, 2100, 'Not Found');
    return { ...answer, headers: rateHeaders(LIMIT, remaining, reset) };
  }
}

/** Counts one request; what remains is negative when it is one too many. `reset` in seconds. */
function rateLimit(): () => { readonly remaining: number; readonly reset: number } {
  let used = 0;
  let since = Number.NEGATIVE_INFINITY;
  return () => {
    const now = performance.now();
    if (now - since > WINDOW_MS) {
      used = 0;
      since = now;
    }
    used += 1;
    return { remaining: LIMIT - used, reset: Math.ceil((since + WINDOW_MS - now) / 1000) };
  };
}
