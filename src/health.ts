import { createServer } from 'node:http';
import { cannotListen, coerceError } from './errors.js';
import { inTime } from './in-time.js';
import type { Metrics } from './metrics.js';

/** A probe that takes longer than this fails, milliseconds. */
const PROBE_MS = 2_000;

type Look = () => Promise<readonly string[]>;

interface Looks {
  /** What keeps Hallpass from serving right now, in words; empty when nothing does. */
  readonly missing: Look;
  /** What people wait for in vain, in words. It stays ready, because a restarted process would do no better. */
  readonly warnings: Look;
}

/**
 * `/healthz`: the process runs. `/readyz`: it can serve; says what is missing, and what people wait for in vain.
 * `/metrics`: for Prometheus.
 * @throws HallpassError when the port can't be listened on.
 */
export async function startHealth(
  port: number,
  { missing, warnings }: Looks,
  metrics: Pick<Metrics, 'contentType' | 'text'>,
): Promise<{ close(): Promise<void> }> {
  const server = createServer((request, response) => {
    const answer = (status: number, body: object) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`);
    };
    if (request.url === '/healthz') answer(200, { ok: true });
    else if (request.url === '/readyz') {
      const ask = (look: Look) =>
        inTime(PROBE_MS, look(), () => ['an answer in time']).catch((error) => [coerceError(error).message]);
      void Promise.all([ask(missing), ask(warnings)]).then(([lacks, warns]) => {
        const ok = lacks.length === 0;
        answer(ok ? 200 : 503, { ok, missing: lacks, warnings: warns });
      });
    } else if (request.url === '/metrics') {
      void metrics.text().then(
        (text) => response.writeHead(200, { 'content-type': metrics.contentType }).end(text),
        () => answer(500, { ok: false }),
      );
    } else answer(404, { ok: false });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(cannotListen('OPS_PORT', port, error)));
    server.listen(port, resolve);
  });
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
