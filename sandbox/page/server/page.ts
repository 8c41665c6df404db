/** The demo's page: a server for this machine alone, which answers only those who know its token. */
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import sirv from 'sirv';
import { portOf, readArguments, sendJson, sendText } from '../../slack/http.js';
import { Impossible } from '../../slack/impossible.js';
import type { Slack } from '../../slack/index.js';
import type { Feed } from './feed.js';
import { type Guard, isToken, whyRefused } from './guard.js';
import type { Part } from './part.js';

export interface PageOptions {
  readonly slack: Slack;
  readonly feed: Feed;
  readonly parts: readonly Part[];
  /** The folder of the built page. */
  readonly files: string;
  /** A free one by default. */
  readonly port?: number;
}

export interface Page {
  /** With its token. */
  readonly address: string;
  close(): Promise<void>;
}

/** Nothing from another host: the page works without a network. */
const HEADERS = {
  'content-security-policy':
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

export async function startPage({ slack, feed, parts, files, port = 0 }: PageOptions): Promise<Page> {
  const verbs = new Map(parts.flatMap((part) => Object.entries(part.verbs)));
  const assets = sirv(files, { dev: false, etag: true });
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const at = portOf(server.address());
  const guard: Guard = {
    token: randomBytes(24).toString('base64url'),
    cookie: `hallpass-demo-${at}`,
    hosts: [`127.0.0.1:${at}`, `localhost:${at}`],
  };
  slack.on('change', (change) => feed.pass(change));

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
    const { pathname, search, searchParams } = new URL(request.url ?? '/', `http://127.0.0.1:${at}`);
    if (pathname === '/' && isToken(guard, searchParams.get('token')))
      return welcome(guard, request, response);
    const refused = whyRefused(guard, request);
    if (refused !== null) return sendText(response, 403, refused);
    if (pathname === '/feed') return feed.add(response);
    if (pathname.startsWith('/slack/'))
      return passOn(slack, `${pathname.slice('/slack/'.length)}${search}`, request, response);
    const verb = request.method === 'POST' ? verbs.get(pathname.slice(1)) : undefined;
    if (!verb) return assets(request, response, () => sendText(response, 404, 'Nothing is here.'));
    const args = await readArguments(request);
    if (!args) return sendJson(response, 400, { error: 'The body is no JSON object.' });
    sendJson(response, 200, await verb(args));
  };
  server.on('request', (request, response) => {
    answer(request, response).catch((error: unknown) => fail(response, error));
  });

  return {
    address: `http://127.0.0.1:${at}/?token=${guard.token}`,
    close: async () => {
      await Promise.all(parts.map((part) => part.close?.()));
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

/** Keeps the token as a cookie, and takes it out of the address bar. */
function welcome({ cookie, token, hosts }: Guard, request: IncomingMessage, response: ServerResponse): void {
  if (!hosts.includes(request.headers.host ?? '')) {
    sendText(response, 403, 'This address is not the one of the demo.');
    return;
  }
  response
    .writeHead(302, { location: '/', 'set-cookie': `${cookie}=${token}; HttpOnly; SameSite=Strict; Path=/` })
    .end();
}

/** To the sandbox's control API, which acts as its people. */
async function passOn(
  slack: Slack,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const sent =
    request.method === 'POST'
      ? { method: 'POST', headers: { 'content-type': 'application/json' }, body: await text(request) }
      : {};
  const answered = await fetch(`${slack.url}/control/${path}`, sent);
  sendJson(response, answered.status, JSON.parse(await answered.text()));
}

function fail(response: ServerResponse, error: unknown): void {
  const said = error instanceof Error ? error.message : String(error);
  if (response.headersSent) return void response.destroy();
  sendJson(response, error instanceof Impossible ? 400 : 500, { error: said });
}
