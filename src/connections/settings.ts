/**
 * The session settings that our statements depend on, with the values that they are written for. Anyone who may ALTER
 * ROLE or ALTER DATABASE can change the defaults of our next session, and the owner of a database may be the person
 * whose role is to be revoked; so no default is trusted. Everything is set twice: in the startup packet, which
 * outranks both kinds of default, because some take effect before a first statement could change them; and by that
 * first statement, for what the packet can't say (docs/decisions/0015-session-settings.md).
 */

type Name = string;
type Value = string;

/** Known to every release from 14 on, and open to every login: the startup packet may name them all. */
const EVERYWHERE: Readonly<Record<Name, Value>> = {
  // They end a session, a transaction or a statement, some before our first one. Code that needs a limit sets its
  // own.
  statement_timeout: '0',
  lock_timeout: '0',
  idle_in_transaction_session_timeout: '0',
  idle_session_timeout: '0',
  // They cut a connection whose acknowledgements take a millisecond.
  tcp_user_timeout: '0',
  client_connection_check_interval: '0',
  // It ends the session at the first error, even an expected one: a lock that somebody holds.
  exit_on_error: 'off',
  // A library that doesn't exist makes every login fail.
  local_preload_libraries: '',

  // Whose rights count, and who grants: our own login, not a role that somebody set for it.
  role: 'none',
  // On: a query fails if row security would leave out rows.
  row_security: 'on',

  // A REVOKE in a read-only transaction fails; a SERIALIZABLE or REPEATABLE READ one doesn't see what was committed
  // since it began, and a deferrable one waits for all others.
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

  // We don't read notices, and DEBUG5 sends a hundred with each statement.
  client_min_messages: 'warning',

  // Where the ledger's migrations create their tables, and whether its functions are checked.
  default_tablespace: '',
  temp_tablespaces: '',
  default_table_access_method: 'heap',
  check_function_bodies: 'on',

  // Compiling a catalog query takes a hundred times as long as running it; a generic plan may be as far off.
  jit: 'off',
  plan_cache_mode: 'auto',
};

/** Missing from some releases, or from an extension; set where the server knows them. */
const WHERE_KNOWN = {
  // 17 and later. It comes first, because it counts from the beginning of the statement that sets it.
  transaction_timeout: '0',
  // The latest minor releases of 14 to 16, and later ones. It can forbid views.
  restrict_nonsystem_relation_kind: '',
  // It turns a function's warnings into errors.
  'plpgsql.extra_errors': 'none',
} satisfies Readonly<Record<Name, Value>>;

/** What differs between kinds of sessions, as SQL writes it. */
type Own = Readonly<
  Partial<Record<'search_path' | 'statement_timeout' | 'idle_in_transaction_session_timeout', Value>>
>;

export interface SessionSettings {
  readonly own: Own;
  /** `options` from the configuration of the connection; ours follow, and the last one counts. */
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

/** Only the startup packet can set it, and it has taken effect before a first statement. */
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
