/** Values that keep a statement of Hallpass's from doing, or from being read as, what it should. */

export type Hostile = readonly [name: string, value: string];

/** In groups, so that a server is asked for little: what one of them breaks, the group breaks. */
export const HOSTILE: Readonly<Record<string, readonly Hostile[]>> = {
  'what ends a session or a statement': [
    ['statement_timeout', '1ms'],
    ['lock_timeout', '1ms'],
    ['idle_in_transaction_session_timeout', '1ms'],
    ['idle_session_timeout', '1ms'],
    ['transaction_timeout', '1ms'],
    ['tcp_user_timeout', '1ms'],
    ['client_connection_check_interval', '1ms'],
    ['exit_on_error', 'on'],
    ['local_preload_libraries', 'nowhere'],
    ['DateStyle', 'SQL, MDY'],
  ],
  'what a transaction may do': [
    ['role', 'orders_read'],
    ['row_security', 'off'],
    ['default_transaction_read_only', 'on'],
    ['default_transaction_isolation', 'serializable'],
    ['default_transaction_deferrable', 'on'],
    ['synchronous_commit', 'off'],
    ['search_path', 'nowhere'],
    ['default_tablespace', 'nowhere'],
    ['temp_tablespaces', 'nowhere'],
    ['check_function_bodies', 'off'],
    ['restrict_nonsystem_relation_kind', 'view'],
    ['plpgsql.extra_errors', 'all'],
    ['DateStyle', 'German'],
  ],
  'how values are written and read': [
    ['DateStyle', 'SQL, DMY'],
    ['IntervalStyle', 'sql_standard'],
    ['TimeZone', 'Asia/Kolkata'],
    ['bytea_output', 'escape'],
    ['extra_float_digits', '-15'],
    ['array_nulls', 'off'],
    ['standard_conforming_strings', 'off'],
    ['backslash_quote', 'on'],
    ['transform_null_equals', 'on'],
    ['quote_all_identifiers', 'on'],
    ['client_encoding', 'SQL_ASCII'],
  ],
  'how a query is planned': [
    ['DateStyle', 'Postgres, DMY'],
    // With the zone above, it would repair what is written in it.
    ['timezone_abbreviations', 'India'],
    ['client_min_messages', 'debug5'],
    ['jit_above_cost', '0'],
    ['plan_cache_mode', 'force_generic_plan'],
    ['enable_indexscan', 'off'],
    ['enable_nestloop', 'off'],
    ['force_parallel_mode', 'on'],
    ['debug_parallel_query', 'on'],
    ['work_mem', '64kB'],
  ],
};

/**
 * Sets them for the next session of a role in a database, in each way that there is: on the database, on the role, and
 * on both. What this release doesn't know, or refuses, nobody can set.
 * @param admin runs SQL as a superuser, where none of this is set.
 */
export async function setEverywhere(
  admin: (sql: string, values?: unknown[]) => Promise<Record<string, unknown>[]>,
  hostile: readonly Hostile[],
  { database, role }: { readonly database: string; readonly role: string },
): Promise<void> {
  const names = hostile.map(([name]) => name);
  const rows = await admin('SELECT name FROM pg_settings WHERE lower(name) = ANY ($1)', [
    names.map((name) => name.toLowerCase()),
  ]);
  const known = new Set(rows.map(({ name }) => String(name).toLowerCase()));
  const always = (name: string) => name === 'role' || name.includes('.');
  for (const [name, value] of hostile) {
    if (!known.has(name.toLowerCase()) && !always(name)) continue;
    for (const whose of [`DATABASE ${database}`, `ROLE ${role}`, `ROLE ${role} IN DATABASE ${database}`]) {
      await admin(`ALTER ${whose} SET ${name} = '${value}'`);
    }
  }
}
