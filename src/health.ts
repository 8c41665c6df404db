import { createServer } from 'node:http';
import { cannotListen, coerceError } from './errors.js';
import type { Metrics } from './metrics.js';

/** A probe that takes longer than this is a no, milliseconds. */
const PROBE_MS = 2_000;

/**
 * `/healthz`: the process runs. `/readyz`: it can serve; what is missing is said. `/metrics`: for Prometheus.
 * @param missing what keeps Hallpass from serving right now, in words; empty when nothing does.
 * @throws HallpassError when the port can't be listened on.
 */
export async function startHealth(
  port: number,
  missing: () => Promise<readonly string[]>,
  metrics: Pick<Metrics, 'contentType' | 'text'>,
): Promise<{ close(): Promise<void> }> {
  const server = createServer((request, response) => {
    const answer = (status: number, body: object) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`);
    };
    if (request.url === '/healthz') answer(200, { ok: true });
    else if (request.url === '/readyz') {
      const late = new Promise<readonly string[]>((resolve) => {
        setTimeout(resolve, PROBE_MS, ['an answer in time']).unref();
      });
      void Promise.race([missing(), late])
        .catch((error: unknown) => [coerceError(error).message])
        .then((lacks) => answer(lacks.length === 0 ? 200 : 503, { ok: lacks.length === 0, missing: lacks }));
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
