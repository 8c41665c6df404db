/**
 * How long a name in Postgres can be, in bytes (NAMEDATALEN - 1: PostgreSQL documentation, "Identifiers and Key Words").
 * The server cuts a longer one without an error, and would then take another role for it.
 */
export const MAX_NAME_BYTES = 63;
