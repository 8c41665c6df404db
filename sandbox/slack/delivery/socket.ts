/**
 * Socket Mode: the app holds up to ten connections, and each envelope goes to one of them, whichever.
 * https://docs.slack.dev/apis/events-api/using-socket-mode
 */

import { randomInt } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { isObject, type Json, parseJson } from '../json.js';
import type { Changes } from '../world/changes.js';
import type { Clock } from '../world/clock.js';
import { secret } from '../world/ids.js';
import { type Acknowledged, type Envelope, type Transport, tooLate } from './transport.js';

const LARGEST_NUMBER = 10;
/** The client drops a connection that was pinged once and then not for 30 s. */
const PING_INTERVAL = 5000;
const HOST = 'applink-sandbox';

export type DisconnectReason = 'warning' | 'refresh_requested' | 'link_disabled' | 'too_many_websockets';

export class Sockets implements Transport {
  #server = new WebSocketServer({ noServer: true });
  #connections = new Set<WebSocket>();
  #tickets = new Set<string>();
  #changes: Changes;
  #appId: string;
  #clock: Clock;
  #mute = 0;
  #closed = 0;

  constructor(appId: string, clock: Clock, changes: Changes) {
    this.#appId = appId;
    this.#clock = clock;
    this.#changes = changes;
  }

  /** How many connections the app holds. */
  get count(): number {
    return this.#connections.size;
  }

  /** A ticket for one connection, to be put into the URL that `apps.connections.open` answers. */
  issueTicket(): string {
    const ticket = secret(16);
    this.#tickets.add(ticket);
    return ticket;
  }

  /** Takes a connection in, if its ticket is good. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const ticket = new URL(request.url ?? '/', 'http://localhost').searchParams.get('ticket') ?? '';
    if (this.#closed > 0) {
      this.#closed -= 1;
      socket.end('HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
      return;
    }
    if (!this.#tickets.delete(ticket)) {
      socket.end('HTTP/1.1 401 Unauthorized\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
      return;
    }
    this.#server.handleUpgrade(request, socket, head, (connection) => this.#accept(connection));
  }

  send(envelope: Envelope): Promise<Acknowledged> {
    const open = [...this.#connections].filter(({ readyState, OPEN }) => readyState === OPEN);
    const connection = open[open.length > 0 ? randomInt(open.length) : 0];
    if (!connection) {
      return Promise.resolve({
        ok: false,
        reason: 'not connected',
        detail: 'the app has no connection',
        retryReason: 'connection_failed',
      });
    }
    const { ackMs } = this.#clock;
    return new Promise((resolve) => {
      const settle = (outcome: Acknowledged) => {
        clearTimeout(timer);
        connection.off('message', hear);
        resolve(outcome);
      };
      const hear = (data: WebSocket.RawData) => {
        const message = parseJson(data.toString());
        if (!isObject(message) || message.envelope_id !== envelope.id) return;
        settle({ ok: true, body: message.payload ?? {} });
      };
      const timer = setTimeout(() => settle(tooLate(ackMs)), ackMs);
      connection.on('message', hear);
      connection.send(JSON.stringify(onTheWire(envelope)));
    });
  }

  /**
   * Tells connections that they must reconnect, as Slack does every few hours, and closes them.
   * After `warning` they stay open: Slack closes about ten seconds later.
   */
  disconnect(reason: DisconnectReason, which: 'one' | 'all' = 'all'): void {
    for (const connection of this.#some(which)) {
      this.#say(connection, { type: 'disconnect', reason, debug_info: { host: HOST } });
      if (reason === 'warning') continue;
      this.#connections.delete(connection);
      connection.close(1000);
    }
  }

  /** The next connections hear no hello. */
  muteNext(times: number): void {
    this.#mute = times;
  }

  /** The next connections are answered 408 before they are WebSockets. */
  closeNext(times: number): void {
    this.#closed = times;
  }

  /** Sends all connections this frame, whatever it is. */
  sendRaw(frame: string | Buffer): void {
    for (const connection of this.#connections) connection.send(frame);
  }

  /** Cuts connections with no word. */
  drop(which: 'one' | 'all' = 'all'): void {
    for (const connection of this.#some(which)) connection.terminate();
  }

  close(): void {
    this.drop();
    this.#server.close();
  }

  #accept(connection: WebSocket): void {
    // One for each payload that waits for its acknowledgement.
    connection.setMaxListeners(0);
    connection.on('error', () => connection.terminate());
    if (this.count >= LARGEST_NUMBER) {
      this.#say(connection, {
        type: 'disconnect',
        reason: 'too_many_websockets',
        debug_info: { host: HOST },
      });
      connection.close(1000);
      return;
    }
    this.#connections.add(connection);
    let answered = true;
    const heart = setInterval(() => {
      if (!answered) connection.terminate();
      answered = false;
      connection.ping();
    }, PING_INTERVAL);
    connection.on('pong', () => {
      answered = true;
    });
    connection.on('close', () => {
      clearInterval(heart);
      this.#connections.delete(connection);
      this.#changes.tell('connection', { count: this.count });
    });
    connection.ping();
    if (this.#mute > 0) this.#mute -= 1;
    else this.#hello(connection);
    this.#changes.tell('connection', { count: this.count });
  }

  #hello(connection: WebSocket): void {
    this.#say(connection, {
      type: 'hello',
      num_connections: this.count,
      connection_info: { app_id: this.#appId },
      debug_info: { host: HOST, build_number: 54, approximate_connection_time: 18_060 },
    });
  }

  #some(which: 'one' | 'all'): WebSocket[] {
    const all = [...this.#connections];
    return which === 'all' ? all : all.slice(0, 1);
  }

  #say(connection: WebSocket, message: Json): void {
    connection.send(JSON.stringify(message));
  }
}

function onTheWire({ id, kind, payload, retry }: Envelope): Json {
  const common = { envelope_id: id, type: kind, payload };
  switch (kind) {
    case 'events_api':
      return {
        ...common,
        accepts_response_payload: false,
        retry_attempt: retry?.attempt ?? 0,
        retry_reason: retry?.reason ?? '',
      };
    case 'slash_commands':
      return { ...common, accepts_response_payload: true };
    case 'interactive':
      return {
        ...common,
        accepts_response_payload: ['view_submission', 'block_suggestion'].includes(String(payload.type)),
      };
  }
}
