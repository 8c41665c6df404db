/** What the page and its server say about the databases. Types only, as in `api.ts`. */

/** The instances that have a console. */
export type Instance = 'shop' | 'vault';

/** A console: whose login, and where. */
export interface ConsolePlace {
  readonly login: string;
  readonly on: Instance;
}

/** A Postgres session of one console. */
export interface ConsoleSession extends ConsolePlace {
  /** Of its server process; null: there is none now. */
  readonly pid: number | null;
  readonly transaction: 'idle' | 'open' | 'failed';
  readonly running: boolean;
  /** Why the server closed it, in its own words; null: it did not. */
  readonly ended: string | null;
}

/** `POST /console-run`, with `ConsolePlace` and `sql`. */
export interface Ran {
  /** A session was opened for it; null: it ran in the one that there was. */
  readonly opened: { readonly pid: number | null; readonly because: string | null } | null;
  readonly outcomes: readonly Outcome[];
  /** What the statements took, milliseconds. */
  readonly ms: number;
}

export type Outcome = Rows | Finished | Said;

/** At most 500 of its rows, as text; null is null. */
export interface Rows {
  readonly kind: 'rows';
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly (string | null)[])[];
  /** How many there were. */
  readonly total: number;
  readonly tag: string;
}

export interface Column {
  readonly name: string;
  /** Numbers stand at the right. */
  readonly right: boolean;
}

/** A statement without rows: `UPDATE 3`. */
interface Finished {
  readonly kind: 'finished';
  readonly tag: string;
}

/** An error or a notice, as psql prints it. */
export interface Said {
  readonly kind: 'error' | 'notice';
  /** ERROR, FATAL, NOTICE, WARNING, … */
  readonly severity: string;
  readonly message: string;
  /** SQLSTATE; null: it isn't the server's. */
  readonly code: string | null;
  readonly detail: string | null;
  readonly hint: string | null;
  /** `LINE 1: …`, and below it a caret at the place that the server means. */
  readonly at: { readonly line: string; readonly caret: string } | null;
}

/** `POST /console-tables`: columns by table by schema, for completion. */
export type Tables = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

/** What the servers and the ledger say themselves. Each is known, or it is said why not. All times are milliseconds since 1970. */
export interface Truth {
  readonly memberships: Readonly<Record<Instance, Told<Memberships>>>;
  readonly grants: Told<Grants>;
  readonly alarms: Told<Alarms>;
  readonly audit: Told<Audit>;
}

export type Told<T> =
  | { readonly value: T; readonly trouble: null }
  | { readonly value: null; readonly trouble: string };

export interface Memberships {
  readonly total: number;
  /** How many of them Hallpass granted. */
  readonly granted: number;
  /** The first of them, those that Hallpass granted before the others. */
  readonly rows: readonly Membership[];
}

/** A row of pg_auth_members, with names. */
export interface Membership {
  readonly role: string;
  readonly member: string;
  readonly grantor: string;
  readonly admin: boolean;
  /** Both are null on Postgres 15 and earlier, which have no such columns. */
  readonly inherit: boolean | null;
  readonly set: boolean | null;
  /** Hallpass granted it. */
  readonly granted: boolean;
}

export type OpenState = 'pending' | 'granting' | 'active' | 'ending';

export interface Grants {
  readonly counts: Readonly<Record<OpenState, number>>;
  /** The first of them: what is revoked, what ends next, what waits. */
  readonly rows: readonly Grant[];
}

export interface Grant {
  /** R-1042 */
  readonly id: string;
  readonly state: OpenState;
  readonly login: string;
  readonly role: string;
  readonly target: string;
  /** When it is up: the grant, or the time for a decision; null while it is granted or revoked. */
  readonly until: number | null;
  /** What keeps Hallpass from it, in a word; null: nothing. */
  readonly trouble: string | null;
}

export interface Alarms {
  /** How many delayed jobs there are. */
  readonly count: number;
  readonly next: { readonly target: string; readonly at: number } | null;
}

export interface Audit {
  readonly count: number;
  /** The last five, the newest first. */
  readonly last: readonly AuditEvent[];
}

export interface AuditEvent {
  readonly seq: number;
  readonly kind: string;
  /** R-1042; null: it is of no request. */
  readonly request: string | null;
  readonly at: number;
  /** The first of its hash, hexadecimal. */
  readonly hash: string;
}
