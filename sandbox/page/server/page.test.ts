/** Who may talk to the page's server: it runs SQL and kills processes, so nobody who doesn't have its address. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Slack, startSlack } from '../../slack/index.js';
import { WORKSPACE } from '../../stage/cast.js';
import { Feed } from './feed.js';
import { type Page, startPage } from './page.js';

const files = mkdtempSync(join(tmpdir(), 'hallpass-page-'));
writeFileSync(join(files, 'index.html'), 'the page');
const feed = new Feed();
let slack: Slack;
let page: Page;
let address: URL;
let cookie: string;
let poked = 0;

beforeAll(async () => {
  slack = await startSlack(WORKSPACE);
  const poke = async () => {
    poked++;
    return null;
  };
  page = await startPage({ slack, feed, files, parts: [{ verbs: { poke } }] });
  address = new URL(page.address);
  const { headers } = await send('GET', `${address.pathname}${address.search}`);
  cookie = headers['set-cookie']?.[0]?.split(';')[0] ?? '';
});
afterAll(async () => {
  await page.close();
  await slack.close();
  rmSync(files, { recursive: true });
});
beforeEach(() => {
  poked = 0;
});

/** As no browser would: with any header. @returns the answer, as soon as its head is there */
function send(method: string, path: string, headers: Record<string, string> = {}): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = address;
    const body = method === 'POST' ? '{}' : '';
    const sent = request({ hostname, port, method, path, headers }, (answer) => {
      resolve(answer);
      answer.destroy();
    });
    // What is cut off after its head.
    sent.on('error', reject);
    sent.end(body);
  });
}

const WAYS = [
  ['GET', '/'],
  ['GET', '/feed'],
  ['GET', '/slack/screen?user=U0ANA'],
  ['POST', '/slack/command'],
  ['POST', '/poke'],
] as const;

describe.each(WAYS)('%s %s', (method, path) => {
  const statusWith = async (headers: Record<string, string>) => {
    const { statusCode } = await send(method, path, { 'content-type': 'application/json', ...headers });
    return statusCode;
  };
  const another = (name: string, value: string) => `${name}=${value}`;

  test('is refused without the token, with a wrong one, and with the one of another port', async () => {
    const [name = '', token = ''] = cookie.split('=');
    expect(await statusWith({})).toBe(403);
    expect(await statusWith({ cookie: another(name, 'x'.repeat(token.length)) })).toBe(403);
    expect(await statusWith({ cookie: another(name, '') })).toBe(403);
    expect(await statusWith({ cookie: another('hallpass-demo-1', token) })).toBe(403);
    expect(await statusWith({ authorization: `Bearer ${token}` })).toBe(403);
    expect(poked).toBe(0);
  });

  test('is refused by another name for this machine, and to the page of another site', async () => {
    const { host, port } = address;
    expect(await statusWith({ cookie, host: `evil.example:${port}` })).toBe(403);
    expect(await statusWith({ cookie, host: '127.0.0.1' })).toBe(403);
    for (const origin of [
      'https://evil.example',
      'null',
      `http://127.0.0.1:${Number(port) + 1}`,
      `https://${host}`,
    ])
      expect(await statusWith({ cookie, origin })).toBe(403);
    expect(poked).toBe(0);
  });

  test('is answered with it', async () => {
    expect(await statusWith({ cookie, origin: address.origin })).not.toBe(403);
  });
});

test('the address is no use under another name: no cookie comes of it', async () => {
  const { port, pathname, search } = address;
  const answer = await send('GET', `${pathname}${search}`, { host: `evil.example:${port}` });
  expect([answer.statusCode, answer.headers['set-cookie']]).toEqual([403, undefined]);
  const wrong = await send('GET', '/?token=wrong');
  expect([wrong.statusCode, wrong.headers['set-cookie']]).toEqual([403, undefined]);
});

test('the cookie is for this site alone, hidden from scripts, and the token leaves the address bar', async () => {
  const { statusCode, headers } = await send('GET', `${address.pathname}${address.search}`);
  expect([statusCode, headers.location]).toEqual([302, '/']);
  expect(headers['set-cookie']?.[0]).toMatch(/HttpOnly; SameSite=Strict/);
  expect(headers['content-security-policy']).toContain("default-src 'self'");
});

test('the feed sends events to who may listen', async () => {
  const { statusCode, headers } = await send('GET', '/feed', { cookie });
  expect([statusCode, headers['content-type']]).toEqual([200, 'text/event-stream']);
});

test('it listens on loopback alone', async () => {
  const others = Object.values(networkInterfaces())
    .flatMap((each) => each ?? [])
    .filter(({ internal, family }) => !internal && family === 'IPv4');
  for (const { address: host } of others) {
    const answer = await new Promise((resolve) => {
      const socket = connect({ host, port: Number(address.port) });
      socket.on('connect', () => resolve('connected')).on('error', () => resolve('refused'));
      socket.on('close', () => socket.destroy());
    });
    expect(answer).toBe('refused');
  }
  expect(address.hostname).toBe('127.0.0.1');
});
