import type { ServerResponse } from 'node:http';
import type { Topics } from '../api.js';

/** What the page is told as it happens. */
export class Feed {
  #readers = new Set<ServerResponse>();
  #last = new Map<string, string>();

  /** Tells every page, and each that opens later what was said last. */
  tell<T extends Exclude<keyof Topics, 'slack'>>(topic: T, state: Topics[T]): void {
    const event = eventOf(topic, state);
    if (this.#last.get(topic) === event) return;
    this.#last.set(topic, event);
    this.#send(event);
  }

  /** Tells the pages that are open now. */
  pass(change: Topics['slack']): void {
    this.#send(eventOf('slack', change));
  }

  /** How many pages are open. */
  get readers(): number {
    return this.#readers.size;
  }

  /** Sends events to this response until its reader leaves. */
  add(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.write(': listening\n\n');
    for (const event of this.#last.values()) response.write(event);
    this.#readers.add(response);
    response.on('close', () => this.#readers.delete(response));
  }

  #send(event: string): void {
    for (const reader of this.#readers) reader.write(event);
  }
}

function eventOf(topic: string, data: unknown): string {
  return `event: ${topic}\ndata: ${JSON.stringify(data)}\n\n`;
}
