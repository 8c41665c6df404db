/** A load balancer as it stands before replicas: round robin, and past a backend that refuses the connection. */

import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { afterAll } from 'vitest';

export interface Balancer {
  readonly url: string;
  /** How many payloads each backend has answered. */
  readonly answered: readonly number[];
  /** The next payloads go to this backend alone; null: to all by turns. */
  pin(backend: number | null): void;
}

/** Listens until the end of the test file. @param ports of the backends, on this machine. */
export async function startBalancer(ports: readonly number[]): Promise<Balancer> {
  const answered = ports.map(() => 0);
  let pinned: number | null = null;
  let turn = 0;

  async function forward(from: IncomingMessage, to: ServerResponse): Promise<void> {
    const body = Buffer.concat(await from.toArray());
    const first = pinned ?? turn++;
    for (let i = 0; i < (pinned === null ? ports.length : 1); i++) {
      const backend = (first + i) % ports.length;
      try {
        const answer = await ask(ports[backend], from, body);
        const text = Buffer.concat(await answer.toArray());
        answered[backend] = (answered[backend] ?? 0) + 1;
        to.writeHead(answer.statusCode ?? 502, answer.headers).end(text);
        return;
      } catch (error) {
        // What was sent may have been handled: only what never arrived goes to another one.
        if (!(error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED')) break;
      }
    }
    to.writeHead(502).end();
  }

  const server = createServer((from, to) => {
    forward(from, to).catch(() => to.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  afterAll(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/slack/events`,
    answered,
    pin(backend) {
      pinned = backend;
    },
  };
}

function ask(port: number | undefined, { method, url, headers }: IncomingMessage, body: Buffer) {
  return new Promise<IncomingMessage>((resolve, reject) => {
    request({ host: '127.0.0.1', port, method, path: url, headers, agent: false }, resolve)
      .on('error', reject)
      .end(body);
  });
}
