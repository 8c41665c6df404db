/** The few lines of HTTP that the Web API, the response URLs and the control API share. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { isObject, type Json, type JsonObject, parseJson } from './json.js';

/** The arguments of a request: its query, then its body as a form or as JSON. undefined when the body is neither. */
export async function readArguments(request: IncomingMessage): Promise<JsonObject | undefined> {
  const query = Object.fromEntries(new URL(request.url ?? '/', 'http://localhost').searchParams);
  const body = await text(request);
  if (body === '') return query;
  if (contentType(request) === 'application/json') {
    const parsed = parseJson(body);
    return isObject(parsed) ? { ...query, ...parsed } : undefined;
  }
  return { ...query, ...Object.fromEntries(new URLSearchParams(body)) };
}

function contentType(request: IncomingMessage): string {
  return (request.headers['content-type'] ?? '').split(';')[0]?.trim() ?? '';
}

export function sendJson(response: ServerResponse, status: number, body: Json): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body));
}

export function sendText(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(body);
}

/** The port that a server listens on. */
export function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return address.port;
}
