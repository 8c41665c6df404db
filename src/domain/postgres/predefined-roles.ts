/**
 * Roles that Postgres and its providers make on every server: how dangerous each is, in words too, and whether it may
 * be granted at all. The one place where they are known: the preview, the configuration, discovery, the guarded SQL and
 * the diagnosis all read this table. Pure.
 *
 * Sources: PostgreSQL documentation, "Predefined Roles", of 14 to 18; the providers' documentation and the roles that
 * their servers have. A name that anybody could have given a role of their own (postgres, admin, service_role, reader)
 * is left out: the attributes of such a role are read from the server.
 */
import type { Danger } from './danger.js';

/** Whose it is: Postgres's own, or a provider's. */
type Maker =
  | 'postgres'
  | 'Amazon RDS'
  | 'Google Cloud SQL'
  | 'Google AlloyDB'
  | 'Azure'
  | 'Neon'
  | 'Supabase'
  | 'DigitalOcean'
  | 'Aiven'
  | 'Crunchy Bridge'
  | 'Timescale';

/** Kinds of servers that are told by a role, as the configuration's `kind:` names them. */
type Sign = 'rds' | 'aurora' | 'cloud-sql' | 'azure' | 'neon' | 'supabase';

export interface PredefinedRole {
  readonly name: string;
  readonly maker: Maker;
  readonly danger: Danger;
  /** What it lets a person do, as the end of a sentence that starts with its name. */
  readonly power: string;
  /** Why it is never granted, nor any role that leads to it, as the end of such a sentence; null when it may be. */
  readonly refused: string | null;
  /** What a server that has it is; nobody else has a reason to make it. */
  readonly signOf: readonly Sign[];
}

const TO_SUPERUSER = 'can reach superuser';
const ADMINISTRATOR = 'is an administrator of the whole server';
const MACHINERY = 'belongs to the machinery of the provider';
const LOGGING_IN =
  'changes how a login proves who it is, so that its owner may be locked out, or let in otherwise';

function role(
  maker: Maker,
  name: string,
  danger: Danger,
  power: string,
  refused: string | null = null,
  signOf: readonly Sign[] = [],
): PredefinedRole {
  return { name, maker, danger, power, refused, signOf };
}

/** Of a provider, in a superuser's place. */
function administrator(maker: Maker, name: string, signOf: readonly Sign[] = []): PredefinedRole {
  return role(
    maker,
    name,
    'admin',
    `administers the whole server in the place of a superuser (${maker})`,
    ADMINISTRATOR,
    signOf,
  );
}

/** A real superuser, which a provider keeps for itself. */
function superuser(maker: Maker, name: string, signOf: readonly Sign[] = []): PredefinedRole {
  return role(
    maker,
    name,
    'superuser',
    `is the superuser that ${maker} keeps for itself`,
    TO_SUPERUSER,
    signOf,
  );
}

function machinery(maker: Maker, ...names: readonly string[]): readonly PredefinedRole[] {
  return names.map((name) => role(maker, name, 'admin', `${MACHINERY}, ${maker}`, MACHINERY));
}

function loggingIn(maker: Maker, ...names: readonly string[]): readonly PredefinedRole[] {
  return names.map((name) => role(maker, name, 'admin', LOGGING_IN, LOGGING_IN));
}

export const PREDEFINED_ROLES: readonly PredefinedRole[] = [
  role('postgres', 'pg_read_all_data', 'read', 'reads every table, view and sequence'),
  role('postgres', 'pg_write_all_data', 'write', 'changes and deletes the rows of every table'),
  role(
    'postgres',
    'pg_read_all_settings',
    'read',
    'reads every server setting, also those kept for superusers',
  ),
  role(
    'postgres',
    'pg_read_all_stats',
    'read',
    "reads all statistics, with the text of other people's queries",
  ),
  role('postgres', 'pg_stat_scan_tables', 'read', 'runs monitoring functions that may lock a table for long'),
  role(
    'postgres',
    'pg_monitor',
    'read',
    "reads all server settings and statistics, with the text of other people's queries",
  ),
  role('postgres', 'pg_signal_backend', 'admin', "cancels other people's queries and ends their sessions"),
  role('postgres', 'pg_signal_autovacuum_worker', 'admin', 'cancels the running autovacuum'),
  role('postgres', 'pg_checkpoint', 'admin', 'forces checkpoints, which can slow the whole server'),
  role('postgres', 'pg_maintain', 'admin', 'locks, reindexes and vacuums every table'),
  role('postgres', 'pg_use_reserved_connections', 'none', 'takes the connections that are kept in reserve'),
  role(
    'postgres',
    'pg_create_subscription',
    'admin',
    'makes subscriptions, which write rows that come from another server',
  ),
  role(
    'postgres',
    'pg_database_owner',
    'none',
    'stands for the owner of each database',
    'can have no members',
  ),
  role(
    'postgres',
    'pg_read_server_files',
    'superuser',
    "reads the server's files, which can lead to superuser",
    TO_SUPERUSER,
  ),
  role(
    'postgres',
    'pg_write_server_files',
    'superuser',
    "writes the server's files, which leads to superuser",
    TO_SUPERUSER,
  ),
  role(
    'postgres',
    'pg_execute_server_program',
    'superuser',
    'runs programs on the server, which leads to superuser',
    TO_SUPERUSER,
  ),

  administrator('Amazon RDS', 'rds_superuser', ['rds', 'aurora']),
  superuser('Amazon RDS', 'rdsadmin'),
  role(
    'Amazon RDS',
    'rds_replication',
    'admin',
    'copies every change of the server to somewhere else',
    ADMINISTRATOR,
  ),
  ...loggingIn('Amazon RDS', 'rds_iam', 'rds_ad'),
  role('Amazon RDS', 'rds_password', 'admin', 'sets the passwords of logins', LOGGING_IN),
  ...machinery(
    'Amazon RDS',
    'rds_extension',
    'rds_reserved',
    'rdsrepladmin',
    'rdstopmgr',
    'rdswriteforwarduser',
    'rdsproxyadmin',
  ),

  administrator('Google Cloud SQL', 'cloudsqlsuperuser', ['cloud-sql']),
  superuser('Google Cloud SQL', 'cloudsqladmin'),
  ...loggingIn(
    'Google Cloud SQL',
    'cloudsqliamuser',
    'cloudsqliamserviceaccount',
    'cloudsqliamgroup',
    'cloudsqliamgroupuser',
    'cloudsqliamgroupserviceaccount',
    'cloudsqliamworkforceidentity',
    'cloudsqlinactiveuser',
  ),
  ...machinery(
    'Google Cloud SQL',
    'cloudsqlagent',
    'cloudsqlreplica',
    'cloudsqllogical',
    'cloudsqlimportexport',
    'cloudsqlobservability',
    'cloudsqlconnpooladmin',
  ),

  administrator('Google AlloyDB', 'alloydbsuperuser'),
  superuser('Google AlloyDB', 'alloydbadmin'),
  ...loggingIn('Google AlloyDB', 'alloydbiamuser', 'alloydbiamgroup', 'alloydbiamgroupuser'),
  ...machinery(
    'Google AlloyDB',
    'alloydbagent',
    'alloydbreplica',
    'alloydbimportexport',
    'alloydbobservability',
    'alloydblogical',
  ),

  administrator('Azure', 'azure_pg_admin', ['azure']),
  superuser('Azure', 'azuresu'),
  superuser('Azure', 'azure_superuser'),

  administrator('Neon', 'neon_superuser', ['neon']),
  superuser('Neon', 'cloud_admin'),

  superuser('Supabase', 'supabase_admin', ['supabase']),
  administrator('Supabase', 'supabase_privileged_role'),
  role(
    'Supabase',
    'supabase_read_only_user',
    'read',
    'reads every table and view, past row-level security',
    MACHINERY,
  ),
  ...machinery(
    'Supabase',
    'supabase_auth_admin',
    'supabase_storage_admin',
    'supabase_functions_admin',
    'supabase_realtime_admin',
    'supabase_replication_admin',
    'supabase_etl_admin',
  ),

  administrator('DigitalOcean', 'doadmin'),
  superuser('DigitalOcean', '_doadmin_managed'),
  administrator('Aiven', 'avnadmin'),
  administrator('Crunchy Bridge', 'crunchy_superuser'),
  ...machinery('Crunchy Bridge', 'crunchy_replication'),
  administrator('Timescale', 'tsdbadmin'),
  administrator('Timescale', 'tsdbowner'),
];

/** What Hallpass needs to see when sessions began, and to end those that a REVOKE leaves. */
export const SESSION_RIGHTS = { see: 'pg_read_all_stats', end: 'pg_signal_backend' } as const;
export type SessionRight = (typeof SESSION_RIGHTS)[keyof typeof SESSION_RIGHTS];

const BY_NAME: ReadonlyMap<string, PredefinedRole> = new Map(
  PREDEFINED_ROLES.map((known) => [known.name, known]),
);

/** No role but a predefined one can be called so (CREATE ROLE refuses it). */
const PREDEFINED_PREFIX = 'pg_';

/**
 * What is known of the role of this name; null for ordinary ones. A predefined role that is not in the table is newer
 * than the table, and taken for the worst.
 */
export function predefinedRole(name: string): PredefinedRole | null {
  const known = BY_NAME.get(name);
  if (known !== undefined) return known;
  if (!isPredefined(name)) return null;
  return role(
    'postgres',
    name,
    'superuser',
    'is a predefined role that Hallpass doesn’t know',
    'is a predefined role that Hallpass doesn’t know',
  );
}

/** Postgres's own: what was granted to such a role stands in no list of the objects that name it (pg_shdepend). */
export function isPredefined(name: string): boolean {
  return name.startsWith(PREDEFINED_PREFIX);
}

/** Why a role of this name is never granted, nor any role that leads to it; null when its name says nothing against it. */
export function whyNeverGranted(name: string): string | null {
  return predefinedRole(name)?.refused ?? null;
}

/** Names that are never granted. Of those that begin with `pg_`, any that is not in GRANTABLE_PREDEFINED is refused, too. */
export const NEVER_GRANTED: readonly string[] = PREDEFINED_ROLES.filter(
  ({ refused }) => refused !== null,
).map(({ name }) => name);

/** The predefined roles of Postgres that may be granted. */
export const GRANTABLE_PREDEFINED: readonly string[] = PREDEFINED_ROLES.filter(
  ({ maker, refused }) => maker === 'postgres' && refused === null,
).map(({ name }) => name);
