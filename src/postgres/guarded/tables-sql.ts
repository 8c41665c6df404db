import { GRANTORS_SINCE } from '../quote.js';
import { BACKSTOP_MS } from './names.js';

/**
 * What the server itself remembers. Only the owner's functions read and write it; `config` and `roles` are the DBA's
 * to change. Tables of an earlier release are brought up to date, and keep their rows.
 */
export const TABLES_SQL = `
CREATE TABLE IF NOT EXISTS hallpass.config (
  one     boolean PRIMARY KEY DEFAULT true CHECK (one),
  -- Nothing is granted for longer, extensions included. Yours to set: UPDATE hallpass.config SET longest = '4 hours';
  longest interval NOT NULL DEFAULT '12 hours' CHECK (longest > '0'));
ALTER TABLE hallpass.config
  -- If a login gets a role again sooner than this after losing it, the limit counts from the earlier grant.
  ADD COLUMN IF NOT EXISTS pause interval NOT NULL DEFAULT '10 minutes' CHECK (pause >= '0'),
  -- Grants that ended longer ago are forgotten.
  ADD COLUMN IF NOT EXISTS keep interval NOT NULL DEFAULT '400 days' CHECK (keep >= '1 day');
INSERT INTO hallpass.config DEFAULT VALUES ON CONFLICT DO NOTHING;

-- What you allow for single roles. A role that is not listed can't be used with SET ROLE, and its sessions are ended.
CREATE TABLE IF NOT EXISTS hallpass.roles (
  role         regrole PRIMARY KEY,
  -- Hallpass may grant it WITH SET TRUE (16 and later; before, every member can SET ROLE).
  set_role     boolean NOT NULL DEFAULT false,
  -- false: a session keeps what it has when the role is revoked, until it ends.
  end_sessions boolean NOT NULL DEFAULT true);

CREATE TABLE IF NOT EXISTS hallpass.grants (
  request_id  bigint PRIMARY KEY,
  role_oid    oid NOT NULL,
  member_oid  oid NOT NULL,
  -- Their names at the GRANT, for people to read.
  role_name   text NOT NULL,
  member_name text NOT NULL,
  set_role    boolean NOT NULL,
  -- The transaction of the GRANT.
  mark        text NOT NULL,
  -- Earlier than granted_at when the pair was granted before, without a pause: the limit counts from it.
  first_granted_at timestamptz NOT NULL,
  granted_at  timestamptz NOT NULL,
  expires_at  timestamptz NOT NULL,
  ended_at    timestamptz,
  end_state   text CHECK (end_state IN ('revoked', 'absent', 'dropped', 'replaced')),
  CHECK ((ended_at IS NULL) = (end_state IS NULL)));
ALTER TABLE hallpass.grants
  -- The transaction that wrote the end. Any other that sees it knows that the REVOKE is committed.
  ADD COLUMN IF NOT EXISTS ended_tx xid8,
  -- When another transaction first saw the end: sessions that began later never had the role.
  ADD COLUMN IF NOT EXISTS gone_at timestamptz,
  -- When no session was left that could still use the role.
  ADD COLUMN IF NOT EXISTS sessions_ended_at timestamptz,
  -- The processes of the sessions that were ended for it.
  ADD COLUMN IF NOT EXISTS closed_pids int[] NOT NULL DEFAULT '{}',
  -- A session may have become the role by SET ROLE: then every session counts, not only those in a transaction.
  ADD COLUMN IF NOT EXISTS by_set boolean;
-- What earlier releases wrote.
UPDATE hallpass.grants SET sessions_ended_at = ended_at
 WHERE ended_at IS NOT NULL AND ended_tx IS NULL AND sessions_ended_at IS NULL;
UPDATE hallpass.grants SET by_set = set_role OR current_setting('server_version_num')::int < ${GRANTORS_SINCE}
 WHERE by_set IS NULL;
ALTER TABLE hallpass.grants ALTER COLUMN by_set SET NOT NULL;

CREATE UNIQUE INDEX IF NOT EXISTS grants_open ON hallpass.grants (role_oid, member_oid) WHERE ended_at IS NULL;
-- Of an earlier release. With statistics of a time when nothing was out, it looked as good as grants_open for finding one
-- grant, and each look read all.
DROP INDEX IF EXISTS hallpass.grants_due;
CREATE INDEX IF NOT EXISTS grants_ended ON hallpass.grants (member_oid, ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS grants_pair ON hallpass.grants (role_oid, member_oid, granted_at);
-- Thousands may be unsettled at once, while more are revoked.
DROP INDEX IF EXISTS hallpass.grants_unsettled;
CREATE INDEX IF NOT EXISTS grants_unsettled_pair ON hallpass.grants (role_oid, member_oid)
  WHERE ended_at IS NOT NULL AND sessions_ended_at IS NULL;
CREATE INDEX IF NOT EXISTS grants_old ON hallpass.grants (sessions_ended_at) WHERE sessions_ended_at IS NOT NULL;

-- Who else could use a grant, through its login, whenever that was looked at. Those who no longer can stay listed,
-- because a session of theirs may be open.
CREATE TABLE IF NOT EXISTS hallpass.users (
  request_id bigint NOT NULL REFERENCES hallpass.grants ON DELETE CASCADE,
  user_oid   oid NOT NULL,
  PRIMARY KEY (request_id, user_oid));
CREATE INDEX IF NOT EXISTS users_user ON hallpass.users (user_oid);

-- Negated numbers for memberships of the owner that no grant here explains, so that their sessions are ended, too.
CREATE SEQUENCE IF NOT EXISTS hallpass.unexplained;

-- One row for each role: a call that changes grants of the role has it locked.
CREATE TABLE IF NOT EXISTS hallpass.locks (role_oid oid PRIMARY KEY);
`;

/** SQL: the latest end for a pair that was first granted at `first`. */
export function latest(first: string): string {
  return `${first} + (SELECT longest FROM hallpass.config) + interval '${BACKSTOP_MS} ms'`;
}
