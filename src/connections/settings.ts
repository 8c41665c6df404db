/**
 * The settings of a session that statements of ours depend on, with the values that they are written for. Anyone who
 * may ALTER ROLE or ALTER DATABASE can change the defaults with which our next session begins, and the owner of a
 * database may be the person whose role is to be revoked; so no default is trusted. They are set twice: in the startup
 * packet, which outranks both kinds of default, because some strike before a first statement could change them; and by
 * that first statement, for what the packet can't say (docs/decisions/0015-session-settings.md).
 */

type Name = string;
type Value = string;

/** Known to every release from 14 on, and open to every login: the startup packet may name them all. */
const EVERYWHERE: Readonly<Record<Name, Value>> = {
  // End a session, a transaction or a statement, some of them before our first one. Who needs a limit sets its own.
  statement_timeout: '0',
  lock_timeout: '0',
  idle_in_transaction_session_timeout: '0',
  idle_session_timeout: '0',
  // Cut a connection whose acknowledgements take a millisecond.
  tcp_user_timeout: '0',
  client_connection_check_interval: '0',
  // Ends the session with the first error, also one that we expect: a lock that somebody holds.
  exit_on_error: 'off',
  // A library that doesn't exist refuses every login.
  local_preload_libraries: '',

  // Whose rights count, and who grants: our own login, never a role that it was put into.
  role: 'none',
  // On: a query fails if row security would leave out rows.
  row_security: 'on',

  // A REVOKE in a transaction that is read-only fails; one that is SERIALIZABLE or REPEATABLE READ doesn't see what was
  // committed since it began, and a deferrable one waits for all others.
  default_transaction_read_only: 'off',
  default_transaction_isolation: 'read committed',
  default_transaction_deferrable: 'off',

  // How values are written, and how they are read back from text.
  DateStyle: 'ISO,MDY',
  IntervalStyle: 'postgres',
  // The only zone that a server knows without its files.
  TimeZone: 'GMT',
  timezone_abbreviations: 'Default',
  bytea_output: 'hex',
  extra_float_digits: '1',
  // Off: NULL in the text of an array is a word.
  array_nulls: 'on',

  // How a statement is parsed, and how names are quoted in what the server answers.
  standard_conforming_strings: 'on',
  backslash_quote: 'safe_encoding',
  escape_string_warning: 'off',
  transform_null_equals: 'off',
  quote_all_identifiers: 'off',

  // Nobody reads notices; DEBUG5 sends a hundred with each statement.
  client_min_messages: 'warning',

  // Where the ledger's migrations make their tables, and whether its functions are checked.
  default_tablespace: '',
  temp_tablespaces: '',
  default_table_access_method: 'heap',
  check_function_bodies: 'on',

  // Compiling a query of the catalog takes a hundred times as long as running it; a generic plan may be as far off.
  jit: 'off',
  plan_cache_mode: 'auto',
};

/** Not in each release, or of an extension; set where the server knows them. */
const WHERE_KNOWN = {
  // 17 and later. It comes first, because it counts from the beginning of the statement that sets it.
  transaction_timeout: '0',
  // The latest minor releases of 14 to 16, and later ones. It can forbid views.
  restrict_nonsystem_relation_kind: '',
  // Makes an error of what a function is warned about.
  'plpgsql.extra_errors': 'none',
} satisfies Readonly<Record<Name, Value>>;

/** What differs from one kind of session to another, as SQL writes it. */
type Own = Readonly<
  Partial<Record<'search_path' | 'statement_timeout' | 'idle_in_transaction_session_timeout', Value>>
>;

export interface SessionSettings {
  readonly own: Own;
  /** `options` that the configuration of the connection has itself; ours follow, and the last word counts. */
  readonly options?: string;
  /** Triggers of ours must run. */
  readonly triggers?: boolean;
}

/**
 * `options` of the startup packet (PostgreSQL documentation, "libpq: options").
 * @param withLimit also `transaction_timeout`, which no server before 17 takes.
 */
export function startupOptions({ own, options = '' }: SessionSettings, withLimit = false): string {
  const { transaction_timeout } = WHERE_KNOWN;
  const all = { ...EVERYWHERE, ...(withLimit ? { transaction_timeout } : {}), ...own };
  const ours = Object.entries(all).map(([name, value]) => `-c ${name}=${inOptions(value)}`);
  return [options, ...ours].filter(Boolean).join(' ');
}

function inOptions(value: Value): string {
  return value.replace(/[\\\s]/g, '\\$&');
}

/** Only the startup packet can say it, and what it does has happened by the time of a first statement. */
const AT_LOGIN_ONLY: ReadonlySet<Name> = new Set(['local_preload_libraries']);

/** The same, as the names and values of a statement. */
export function settingsToSet({ own }: SessionSettings): {
  readonly names: readonly Name[];
  readonly values: readonly Value[];
} {
  const all = Object.entries({ ...WHERE_KNOWN, ...EVERYWHERE, ...own });
  const now = all.filter(([name]) => !AT_LOGIN_ONLY.has(name));
  return { names: now.map(([name]) => name), values: now.map(([, value]) => value) };
}
