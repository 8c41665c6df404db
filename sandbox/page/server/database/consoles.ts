/** The sessions of all consoles, one a login and instance, as long as a page is open. */
import { z } from 'zod';
import { Impossible } from '../../../slack/impossible.js';
import type { ConsolePlace, ConsoleSession, Instance, Outcome, Ran } from '../../api-database.js';
import { pageVerb } from '../part.js';
import { said } from './script.js';
import { Session } from './session.js';

/** What ran in a console, and what came of it. */
export interface RanEvent extends ConsolePlace {
  readonly sql: string;
  readonly outcomes: readonly Outcome[];
}

export interface ConsolesOptions {
  /** A connection URL; null: this login has none there. */
  readonly urlOf: (place: ConsolePlace) => string | null;
  /** Hears how all sessions stand, at each change. */
  readonly onChange: (sessions: readonly ConsoleSession[]) => void;
  readonly onRan?: (event: RanEvent) => void;
}

const place = z.strictObject({ login: z.string(), on: z.enum(['shop', 'vault']) });
const NAMES: Readonly<Record<Instance, string>> = { shop: 'Shop', vault: 'Vault' };

interface Kept extends ConsolePlace {
  readonly session: Session;
}

export class Consoles {
  readonly #options: ConsolesOptions;
  readonly #kept = new Map<string, Kept>();
  /** Consoles in which something begins: a session takes a while to open. */
  readonly #busy = new Set<string>();

  constructor(options: ConsolesOptions) {
    this.#options = options;
  }

  readonly verbs = {
    'console-run': pageVerb(place.extend({ sql: z.string().max(100_000) }), ({ sql, ...at }) =>
      this.run(at, sql),
    ),
    'console-cancel': pageVerb(place, (at) => this.#kept.get(keyOf(at))?.session.cancel() ?? false),
    'console-reconnect': pageVerb(place, (at) => this.#reconnect(at)),
  };

  /** Runs statements in the console's session; opens one when there is none, or none any more. @throws Impossible */
  async run(at: ConsolePlace, sql: string): Promise<Ran> {
    const session = await this.#alone(at, () => this.#sessionFor(at));
    if ('failed' in session) return { opened: null, outcomes: [session.failed], ms: 0 };
    const began = performance.now();
    const outcomes = await session.open.run(sql);
    const ms = performance.now() - began;
    this.#options.onRan?.({ ...at, sql, outcomes });
    return { opened: session.opened, outcomes, ms };
  }

  /** Ends all sessions. */
  async closeAll(): Promise<void> {
    const kept = [...this.#kept.values()];
    this.#kept.clear();
    if (kept.length > 0) this.#tell();
    await Promise.all(kept.map(({ session }) => session.close()));
  }

  async #sessionFor(
    at: ConsolePlace,
  ): Promise<{ readonly open: Session; readonly opened: Ran['opened'] } | { readonly failed: Outcome }> {
    const before = this.#kept.get(keyOf(at))?.session;
    const because = before?.state.ended ?? null;
    if (before && because === null) return { open: before, opened: null };
    try {
      const open = await this.#open(at);
      return { open, opened: { pid: open.state.pid, because } };
    } catch (error) {
      if (!(error instanceof Error) || error instanceof Impossible) throw error;
      return { failed: said('error', notReached(at, error), '') };
    }
  }

  async #open(at: ConsolePlace): Promise<Session> {
    const url = this.#options.urlOf(at);
    if (url === null) throw new Impossible(`${at.login} has no login on ${NAMES[at.on]}.`);
    const session = await Session.open(url, () => this.#tell());
    this.#kept.set(keyOf(at), { ...at, session });
    this.#tell();
    return session;
  }

  async #reconnect(at: ConsolePlace): Promise<Ran> {
    return this.#alone(at, async () => {
      const before = this.#kept.get(keyOf(at))?.session;
      this.#kept.delete(keyOf(at));
      this.#tell();
      await before?.close();
      const began = performance.now();
      const session = await this.#sessionFor(at);
      const ms = performance.now() - began;
      if ('failed' in session) return { opened: null, outcomes: [session.failed], ms };
      return { opened: session.opened, outcomes: [], ms };
    });
  }

  /** Two at once would open two sessions, and lose one. */
  async #alone<T>(at: ConsolePlace, work: () => Promise<T>): Promise<T> {
    const key = keyOf(at);
    if (this.#busy.has(key)) throw new Impossible('A session is being opened.');
    this.#busy.add(key);
    try {
      return await work();
    } finally {
      this.#busy.delete(key);
    }
  }

  #tell(): void {
    this.#options.onChange(
      [...this.#kept.values()].map(({ login, on, session }) => ({ login, on, ...session.state })),
    );
  }
}

function keyOf({ login, on }: ConsolePlace): string {
  return `${login}/${on}`;
}

/** What the server refuses keeps its words and its code; a server that is not there says nothing. */
function notReached({ on }: ConsolePlace, error: Error): Error {
  if ('severity' in error) return error;
  return new Error(`${NAMES[on]} does not answer: ${error.message || Reflect.get(error, 'code')}`);
}
