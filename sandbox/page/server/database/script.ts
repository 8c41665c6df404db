/** One or more statements, sent as they stand: all that the server answers, in its order, and no more than is shown. */
import type pg from 'pg';
import type { Column, Outcome, Said } from '../../api-database.js';
import { caretAt } from './caret.js';

/** How many rows of a statement are kept. */
const ROWS = 500;
/** How much of a value is kept, characters. */
const VALUE = 10_000;
/** The types that psql writes at the right: numbers, money, oid, xid, cid, xid8. */
const RIGHT = new Set([20, 21, 23, 26, 28, 29, 700, 701, 790, 1700, 5069]);

/** What the server says in an error or a notice, as far as it is shown. */
type Message = Error | { readonly message: string | undefined };

interface OpenRows {
  readonly columns: readonly Column[];
  readonly rows: (string | null)[][];
  total: number;
}

/**
 * A query of `pg`, by its simple protocol: values come as the text that psql shows, tags as the server writes them, and
 * what came before an error is not lost.
 */
export class Script implements pg.Submittable {
  readonly #sql: string;
  readonly #outcomes: Outcome[] = [];
  #open: OpenRows | null = null;
  #settle: () => void = () => undefined;
  /** Resolves when the server has answered it, well or not. */
  readonly answered = new Promise<void>((resolve) => {
    this.#settle = resolve;
  });

  constructor(sql: string) {
    this.#sql = sql;
  }

  get outcomes(): readonly Outcome[] {
    return this.#outcomes;
  }

  /** A notice that came while it ran. */
  notice(message: Message): void {
    this.#outcomes.push(said('notice', message, this.#sql));
  }

  submit(connection: pg.Connection): void {
    connection.query(this.#sql);
  }

  handleRowDescription({ fields }: { readonly fields: readonly pg.FieldDef[] }): void {
    const columns = fields.map(({ name, dataTypeID }) => ({ name, right: RIGHT.has(dataTypeID) }));
    this.#open = { columns, rows: [], total: 0 };
  }

  handleDataRow({ fields }: { readonly fields: readonly (string | null)[] }): void {
    this.#add(fields);
  }

  /** What COPY … TO STDOUT sends, line by line. */
  handleCopyData({ chunk }: { readonly chunk: Buffer }): void {
    this.#open ??= { columns: [{ name: 'copied', right: false }], rows: [], total: 0 };
    this.#add([chunk.toString().replace(/\n$/, '')]);
  }

  /** COPY … FROM STDIN: there is no file to send. */
  handleCopyInResponse(connection: { sendCopyFail(why: string): void }): void {
    connection.sendCopyFail('the console sends no data');
  }

  handleCommandComplete({ text: tag }: { readonly text: string }): void {
    this.#outcomes.push(this.#open ? { kind: 'rows', ...this.#open, tag } : { kind: 'finished', tag });
    this.#open = null;
  }

  handleEmptyQuery(): void {}

  handleError(error: Error): void {
    this.#open = null;
    const told = this.#outcomes.some(({ kind }) => kind === 'error');
    // After an error that ends the session, `pg` tells too that the connection is gone.
    if (!told || 'severity' in error) this.#outcomes.push(said('error', error, this.#sql));
    this.#settle();
  }

  handleReadyForQuery(): void {
    this.#settle();
  }

  #add(fields: readonly (string | null)[]): void {
    if (this.#open === null) return;
    this.#open.total += 1;
    if (this.#open.rows.length < ROWS) this.#open.rows.push(fields.map(shortened));
  }
}

function shortened(value: string | null): string | null {
  return value !== null && value.length > VALUE ? `${value.slice(0, VALUE)}…` : value;
}

/** @param sql in which a position is meant */
export function said(kind: Said['kind'], message: Message, sql: string): Said {
  const read = (name: string): string | null => {
    const value: unknown = Reflect.get(message, name);
    return typeof value === 'string' ? value : null;
  };
  return {
    kind,
    severity: read('severity') ?? (kind === 'error' ? 'ERROR' : 'NOTICE'),
    message: read('message') || read('code') || 'no reason was given',
    code: read('code'),
    detail: read('detail'),
    hint: read('hint'),
    at: caretAt(sql, Number(read('position') ?? Number.NaN)),
  };
}
