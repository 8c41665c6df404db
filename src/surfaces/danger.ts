/**
 * What Postgres's predefined roles let a person do, in words for who decides. Source: PostgreSQL documentation,
 * "Predefined Roles". A role holds in every database of its server.
 */

const POWERS: ReadonlyMap<string, string> = new Map([
  ['pg_read_all_data', 'reads every table, view and sequence'],
  ['pg_write_all_data', 'changes and deletes the rows of every table'],
  ['pg_read_all_settings', 'reads every server setting, also those kept for superusers'],
  ['pg_read_all_stats', "reads all statistics, with the text of other people's queries"],
  ['pg_stat_scan_tables', 'runs monitoring functions that may lock a table for long'],
  ['pg_monitor', "reads all server settings and statistics, with the text of other people's queries"],
  ['pg_signal_backend', "cancels other people's queries and ends their sessions"],
  ['pg_signal_autovacuum_worker', 'cancels the running autovacuum'],
  ['pg_checkpoint', 'forces checkpoints, which can slow the whole server'],
  ['pg_maintain', 'locks, reindexes and vacuums every table'],
  ['pg_use_reserved_connections', 'takes the connections that are kept in reserve'],
  ['pg_create_subscription', 'makes subscriptions, which write rows that come from another server'],
  ['pg_read_server_files', "reads the server's files, which can lead to superuser"],
  ['pg_write_server_files', "writes the server's files, which leads to superuser"],
  ['pg_execute_server_program', 'runs programs on the server, which leads to superuser'],
]);

/** What is dangerous about a role, as the end of a sentence that starts with its name; null for ordinary roles. */
export function danger(role: string): string | null {
  if (!role.startsWith('pg_')) return null;
  return `${POWERS.get(role) ?? 'is a predefined role with rights beyond single tables'}, in every database of this server`;
}
