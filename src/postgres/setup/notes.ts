import type { Kind } from '../../config/config.js';

/** What the administrator of each kind of server must know before running a script. */
export const NOTES: Readonly<Record<Kind, readonly string[]>> = {
  'self-managed': ['Run it as a superuser, or as a role with CREATEROLE that owns the database.'],
  rds: [
    'Run it as the master user. From Postgres 16 on it may grant only roles that it made, or that it has with ADMIN OPTION.',
    'Connect Hallpass to the endpoint of the instance itself, not to a CNAME of your own, nor to RDS Proxy.',
    'A member of rds_iam, also through another role, logs in by IAM only: grant no role that leads to rds_iam.',
  ],
  aurora: [
    'Run it as the master user, on the writer. From Postgres 16 on it may grant only roles that it made, or that it has with ADMIN OPTION.',
    'Connect Hallpass to the cluster (writer) endpoint, not to a CNAME of your own, nor to RDS Proxy.',
    'A member of rds_iam, also through another role, logs in by IAM only: grant no role that leads to rds_iam.',
  ],
  'cloud-sql': [
    'Run it as postgres. Don’t make Hallpass’s login in the console, by the API or by gcloud: those put it into cloudsqlsuperuser.',
    'IAM users are made there all the same; their login is the e-mail address, a service account’s without .gserviceaccount.com.',
  ],
  azure: [
    'Run it as the server’s administrator. From Postgres 16 on it may not grant some predefined roles; what it may not is left out, with a warning.',
    'Connect Hallpass to port 5432: the built-in PgBouncer (6432) pools by transaction.',
  ],
  neon: [
    'Run it as the owner of the database. Don’t make Hallpass’s login in the console: that puts it into neon_superuser, with BYPASSRLS.',
    'Connect Hallpass to the direct host, not to the one with -pooler. A branch copies the roles, and what is granted at that moment.',
  ],
  supabase: [
    'Run it as postgres. Supabase protects roles of its own: those can’t be granted.',
    'Connect Hallpass directly or in session mode, not to port 6543. --all-schemas takes auth, storage and vault too: name the schemas.',
  ],
};
