/**
 * One connection to one target, kept open, because connecting costs ten times a GRANT. Transactions take turns on it,
 * each within a client-side time limit, so a silent server holds nothing up for longer. A connection that broke, or
 * that a transaction left in doubt, is thrown away, and the next transaction makes a new one.
 */
import pg from 'pg';
import { z } from 'zod';
import type { Connect } from '../config/config.js';
import { destroy } from '../connections/session.js';
import { type Dial, dial } from './connecting/dial.js';
import { closedError, sessionError, targetError, timeoutError } from './errors.js';

/** How a connection is used; times in milliseconds. */
export interface CallLimits {
  /** For everything until a session stands: credentials, tunnel, TLS, login. */
  readonly connectMs: number;
  /** For one transaction, from its first statement to its last answer, without connecting. */
  readonly callMs: number;
  /** An unused connection is closed after this long. */
  readonly idleMs: number;
  /** `application_name`, for the server's administrators to see. */
  readonly name: string;
}

export const DEFAULT_LIMITS: CallLimits = {
  connectMs: 5_000,
  callMs: 15_000,
  idleMs: 10 * 60_000,
  name: 'hallpass',
};

/** How long a closing connection may take to say goodbye, milliseconds. */
const GOODBYE_MS = 1_000;

/**
 * The session has its settings (src/connections/settings.ts); these depend on the caller. The lock timeout is short
 * because other calls wait for their turn, and a sweep comes back. The server gives up when we do, and ends the
 * transaction of a process that died in the middle of it, whose locks would stop everybody else. Each check must see
 * what was committed before it. The last statement asks who we are: a login that was dropped has no name, and its
 * session answers nothing more.
 */
const begin = ({ callMs }: CallLimits): string => `
BEGIN ISOLATION LEVEL READ COMMITTED;
SET LOCAL lock_timeout = '1s';
SET LOCAL statement_timeout = ${callMs};
SET LOCAL idle_in_transaction_session_timeout = ${callMs};
SELECT session_user`;

/** Runs one statement, by the extended protocol, which refuses text that holds two. Answers its rows, parsed. */
export type Send = <Row>(row: z.ZodType<Row>, text: string, values?: readonly unknown[]) => Promise<Row[]>;

interface Transaction {
  readonly send: Send;
  /** Without it, the transaction is rolled back. */
  commit(): Promise<void>;
}

export interface TargetConnection {
  /**
   * Reads in one round trip: `read` must send all its statements at once.
   * @throws TargetError
   */
  read<T>(read: (send: Send) => Promise<T>): Promise<T>;
  /**
   * BEGIN and all that `read` sends at once take one round trip; `work` goes on from what was read.
   * @throws TargetError; the transaction was not committed unless it is `ambiguous`.
   */
  transaction<R, T>(
    read: (send: Send) => Promise<R>,
    work: (seen: R, tx: Transaction) => Promise<T>,
  ): Promise<T>;
  close(): Promise<void>;
}

/** @param logIn `dialServer` for what can be done from any database of the server. */
export function createTargetConnection(
  connect: Connect,
  limits: CallLimits,
  logIn: Dial = dial,
): TargetConnection {
  let current: pg.Client | null = null;
  let idle: NodeJS.Timeout | undefined;
  let closed = false;
  let last: Promise<unknown> = Promise.resolve();

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  }

  async function open(): Promise<pg.Client> {
    if (closed) throw closedError();
    if (current !== null) return current;
    const client = await logIn(connect, limits);
    const forget = () => {
      if (current === client) current = null;
    };
    // If an idle connection breaks, no call fails; one in use reports it through its statement.
    client.on('error', forget);
    client.on('end', forget);
    current = client;
    return client;
  }

  /** Runs `work` on the connection, which afterwards is either clean or gone. */
  function run<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
    return inTurn(async () => {
      clearTimeout(idle);
      const client = await open();
      let late = false;
      const timer = setTimeout(() => {
        late = true;
        discard(client);
      }, limits.callMs);
      try {
        return await work(client);
      } catch (thrown) {
        const error = late ? timeoutError(limits.callMs) : targetError(thrown, 'call');
        // At the next call, the address may lead to another server.
        if (error.scope === 'target') discard(client);
        throw error;
      } finally {
        clearTimeout(timer);
        idle = setTimeout(() => void inTurn(hangUp), limits.idleMs).unref();
      }
    });
  }

  async function beginOn(client: pg.Client): Promise<void> {
    try {
      await client.query(begin(limits));
    } catch (thrown) {
      // It is about no pair and no role: the session itself can't be used.
      throw sessionError(thrown);
    }
  }

  /** Without waiting for its end. */
  function discard(client: pg.Client): void {
    if (current === client) current = null;
    destroy(client);
  }

  async function hangUp(): Promise<void> {
    const client = current;
    if (client === null) return;
    current = null;
    const timer = setTimeout(() => destroy(client), GOODBYE_MS);
    await client.end();
    clearTimeout(timer);
  }

  return {
    read: (read) =>
      run(async (client) => {
        const [, seen] = await Promise.all([beginOn(client), read(sender(client)), client.query('COMMIT')]);
        return seen;
      }),

    transaction: (read, work) =>
      run(async (client) => {
        const send = sender(client);
        let committed = false;
        try {
          // Nothing that changes anything is sent before BEGIN was answered.
          const [, seen] = await Promise.all([beginOn(client), read(send)]);
          return await work(seen, {
            send,
            commit: async () => {
              await client.query('COMMIT');
              committed = true;
            },
          });
        } finally {
          if (!committed) await client.query('ROLLBACK').catch(() => discard(client));
        }
      }),

    close: () => {
      closed = true;
      clearTimeout(idle);
      return inTurn(hangUp);
    },
  };
}

/** Statements that read are written in this code, so there are few of them: each is planned once per connection. */
const names = new Map<string, string>();

function nameOf(text: string): string {
  const name = names.get(text) ?? `read ${names.size}`;
  names.set(text, name);
  return name;
}

/** After a statement failed, the following ones are refused because of it: each then throws the first error. */
function sender(client: pg.Client): Send {
  let cause: unknown = null;
  return async (row, text, values = []) => {
    const name = /^\s*(SELECT|WITH)\b/.test(text) ? nameOf(text) : undefined;
    const statement = {
      ...(name !== undefined && { name }),
      text,
      values: [...values],
      queryMode: 'extended',
    };
    try {
      const { rows } = await client.query<Record<string, unknown>>(statement);
      return z.array(row).parse(rows);
    } catch (thrown) {
      if (!isAborted(thrown)) cause = thrown;
      throw cause ?? thrown;
    }
  };
}

/** SQLSTATE in_failed_sql_transaction. */
function isAborted(thrown: unknown): boolean {
  return thrown instanceof pg.DatabaseError && thrown.code === '25P02';
}
