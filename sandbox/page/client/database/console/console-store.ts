/** A console as the page keeps it, whether it is on the screen or not: what was run, and what came of it. */
import type { ConsolePlace, ConsoleSession, Ran } from '../../../api-database.js';
import { call, listen, Refused } from '../../server.js';
import { promptOf, whyWait } from './prompt.js';
import { Recall } from './recall.js';
import { addSeen, type Seen } from './watching.js';

export interface Entry {
  readonly n: number;
  readonly prompt: string;
  /** Empty: it was a reconnect. */
  readonly sql: string;
  /** null: it runs. */
  readonly ran: Ran | null;
  /** Why it could not be run at all; null: it could. */
  readonly refused: string | null;
}

/** A statement that is run each second. */
export interface Watch {
  readonly sql: string;
  readonly seen: readonly Seen[];
  /** What came of it last; null: nothing yet. */
  readonly ran: Ran | null;
  /** Why it waits; null: it doesn't. */
  readonly waits: string | null;
}

export interface Held {
  /** null: there is none yet. */
  readonly session: ConsoleSession | null;
  readonly entries: readonly Entry[];
  readonly watch: Watch | null;
}

/** How many entries are kept. */
const ENTRIES = 100;
const SECOND_MS = 1_000;

export class ConsoleStore {
  readonly place: ConsolePlace;
  readonly recall = new Recall();
  /** What stands in the editor. */
  draft = '';
  #held: Held = { session: null, entries: [], watch: null };
  #n = 0;
  #timer: number | undefined;
  readonly #hear = new Set<() => void>();

  constructor(place: ConsolePlace) {
    this.place = place;
    const isMine = ({ login, on }: ConsoleSession) => login === place.login && on === place.on;
    listen('consoles', (sessions) => this.#change({ session: sessions.find(isMine) ?? null }));
  }

  readonly subscribe = (hear: () => void): (() => void) => {
    this.#hear.add(hear);
    return () => this.#hear.delete(hear);
  };
  readonly read = (): Held => this.#held;

  get prompt(): string {
    return promptOf(this.place.on, this.#held.session);
  }

  async run(sql: string): Promise<void> {
    this.recall.add(sql);
    await this.#enter(sql, () => call('console-run', { ...this.place, sql }));
  }

  async reconnect(): Promise<void> {
    await this.#enter('', () => call('console-reconnect', this.place));
  }

  /** Cancels what runs; that then ends with an error, as the server words it. */
  async cancel(): Promise<void> {
    await call('console-cancel', this.place).catch(() => undefined);
  }

  clear(): void {
    this.#change({
      entries: this.#held.entries.filter(({ ran, refused }) => ran === null && refused === null),
    });
  }

  /** Runs it each second from now on, in the same session; not in a transaction, which it would change. */
  watch(sql: string): void {
    this.#change({ watch: { sql, seen: [], ran: null, waits: null } });
    window.clearTimeout(this.#timer);
    void this.#look();
  }

  unwatch(): void {
    window.clearTimeout(this.#timer);
    this.#change({ watch: null });
  }

  async #look(): Promise<void> {
    const before = this.#held.watch;
    if (before === null) return;
    const waits = whyWait(this.#held.session);
    const next = waits === null ? await this.#seen(before) : { ...before, waits };
    // Somebody may have ended it, or begun another, meanwhile.
    if (this.#held.watch !== before) return;
    this.#change({ watch: next });
    this.#timer = window.setTimeout(() => void this.#look(), SECOND_MS);
  }

  async #seen(watch: Watch): Promise<Watch> {
    try {
      const ran = await call<Ran>('console-run', { ...this.place, sql: watch.sql });
      return { ...watch, ran, waits: null, seen: addSeen(watch.seen, ran, Date.now()) };
    } catch (error) {
      return { ...watch, waits: wordsOf(error) };
    }
  }

  async #enter(sql: string, run: () => Promise<Ran>): Promise<void> {
    this.#n += 1;
    const begun: Entry = { n: this.#n, prompt: this.prompt, sql, ran: null, refused: null };
    this.#change({ entries: [...this.#held.entries, begun].slice(-ENTRIES) });
    const ended = await run().then(
      (ran) => ({ ...begun, ran }),
      (error: unknown) => ({ ...begun, refused: wordsOf(error) }),
    );
    this.#change({ entries: this.#held.entries.map((entry) => (entry === begun ? ended : entry)) });
  }

  #change(to: Partial<Held>): void {
    this.#held = { ...this.#held, ...to };
    for (const hear of this.#hear) hear();
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Refused ? error.message : String(error);
}

const stores = new Map<string, ConsoleStore>();

export function consoleOf({ login, on }: ConsolePlace): ConsoleStore {
  const key = `${login}/${on}`;
  const store = stores.get(key) ?? new ConsoleStore({ login, on });
  stores.set(key, store);
  return store;
}
