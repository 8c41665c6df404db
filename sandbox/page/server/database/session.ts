/** One session of one login on one server, open until it is closed here or by the server. */
import pg from 'pg';
import { Impossible } from '../../../slack/impossible.js';
import type { ConsoleSession, Outcome } from '../../api-database.js';
import { Script } from './script.js';

/** How long connecting may take, milliseconds. */
const PATIENCE_MS = 5_000;

/** As psql words it: a server that is killed may have no time to say why. */
const WORDLESS = 'server closed the connection unexpectedly';

/** What is over sooner is not said to run. */
const LONG_MS = 100;

const TRANSACTIONS: Readonly<Record<string, ConsoleSession['transaction']>> = { T: 'open', E: 'failed' };

export class Session {
  readonly #client: pg.Client;
  readonly #url: string;
  readonly #onChange: () => void;
  #pid: number | null = null;
  #script: Script | null = null;
  #closed = false;
  /** Resolves the wait for a session that takes the next query. */
  #free: () => void = () => undefined;
  #ended: string | null = null;
  /** What the server warned of last: at an immediate shutdown it says no more than that. */
  #warning: string | null = null;

  private constructor(url: string, onChange: () => void) {
    this.#url = url;
    this.#onChange = onChange;
    this.#client = new pg.Client({
      connectionString: url,
      connectionTimeoutMillis: PATIENCE_MS,
      application_name: 'demo console',
    });
    this.#client.on('notice', (notice) => {
      if (notice.code?.startsWith('57P')) this.#warning = notice.message ?? null;
      this.#script?.notice(notice);
    });
    this.#client.on('drain', () => this.#free());
    this.#client.on('error', (error) => this.#end(error.message));
    this.#client.on('end', () => this.#end('the connection was closed'));
  }

  /** @param onChange hears that something of its state is different. @throws what `pg` throws when it gets no connection */
  static async open(url: string, onChange: () => void): Promise<Session> {
    const session = new Session(url, onChange);
    await session.#client.connect();
    const { rows } = await session.#client.query<{ pid: number }>('select pg_backend_pid() as pid');
    session.#pid = rows[0]?.pid ?? null;
    return session;
  }

  get state(): Omit<ConsoleSession, 'login' | 'on'> {
    const isOpen = this.#ended === null;
    return {
      pid: isOpen ? this.#pid : null,
      transaction: (isOpen && TRANSACTIONS[this.#client.getTransactionStatus() ?? '']) || 'idle',
      running: isOpen && this.#script !== null,
      ended: this.#ended,
    };
  }

  /** Runs what stands there, and waits for all of it. @throws Impossible while something runs */
  async run(sql: string): Promise<readonly Outcome[]> {
    if (this.#script !== null) throw new Impossible('A query runs in this session. Cancel it first.');
    const script = new Script(sql);
    this.#script = script;
    // After an error the server still says how the transaction stands: only then is the session free.
    const free = new Promise<void>((resolve) => {
      this.#free = resolve;
    });
    this.#client.query(script);
    const long = setTimeout(this.#onChange, LONG_MS);
    await script.answered;
    await free;
    clearTimeout(long);
    this.#script = null;
    this.#onChange();
    return script.outcomes;
  }

  /** Cancels what runs, as the same login, over a second connection. @returns whether something ran */
  async cancel(): Promise<boolean> {
    if (this.#script === null || this.#pid === null) return false;
    const second = new pg.Client({ connectionString: this.#url, connectionTimeoutMillis: PATIENCE_MS });
    second.on('error', () => undefined);
    await second.connect();
    try {
      await second.query('select pg_cancel_backend($1)', [this.#pid]);
    } finally {
      await second.end();
    }
    return true;
  }

  /** Ends it, whatever runs: a server that still works for a client that is gone holds its locks. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.cancel().catch(() => false);
    await this.#client.end();
  }

  #end(why: string): void {
    this.#free();
    if (this.#ended !== null || this.#closed) return;
    this.#ended = why.startsWith('Connection terminated') ? (this.#lastWords() ?? WORDLESS) : why;
    this.#onChange();
  }

  /** What the server said before it went, to what ran or as a warning. */
  #lastWords(): string | null {
    const words = this.#script?.outcomes.findLast(
      (outcome) => outcome.kind === 'error' && outcome.severity === 'FATAL',
    );
    return words?.kind === 'error' ? words.message : this.#warning;
  }
}
