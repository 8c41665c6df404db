import { BACKSTOP_MS } from './names.js';

/** What the server itself remembers. Only the owner's functions read and write it. */
export const TABLES_SQL = `
CREATE TABLE IF NOT EXISTS hallpass.config (
  one     boolean PRIMARY KEY DEFAULT true CHECK (one),
  -- Nothing is lent for longer, extensions included. Yours to set: UPDATE hallpass.config SET longest = '4 hours';
  longest interval NOT NULL DEFAULT '12 hours' CHECK (longest > '0'));
INSERT INTO hallpass.config DEFAULT VALUES ON CONFLICT DO NOTHING;

CREATE TABLE IF NOT EXISTS hallpass.grants (
  request_id  bigint PRIMARY KEY,
  role_oid    oid NOT NULL,
  member_oid  oid NOT NULL,
  -- As they were called at the GRANT, for people to read.
  role_name   text NOT NULL,
  member_name text NOT NULL,
  set_role    boolean NOT NULL,
  -- The transaction of the GRANT.
  mark        text NOT NULL,
  -- Earlier than granted_at when another request held the pair until then: the limit counts from it.
  first_granted_at timestamptz NOT NULL,
  granted_at  timestamptz NOT NULL,
  expires_at  timestamptz NOT NULL,
  ended_at    timestamptz,
  end_state   text CHECK (end_state IN ('revoked', 'absent', 'dropped', 'replaced')),
  CHECK ((ended_at IS NULL) = (end_state IS NULL)));
CREATE UNIQUE INDEX IF NOT EXISTS grants_open ON hallpass.grants (role_oid, member_oid) WHERE ended_at IS NULL;
CREATE INDEX IF NOT EXISTS grants_due ON hallpass.grants (expires_at) WHERE ended_at IS NULL;
CREATE INDEX IF NOT EXISTS grants_ended ON hallpass.grants (member_oid, ended_at) WHERE ended_at IS NOT NULL;
`;

/** SQL: the end up to which a pair that was first granted at \`first\` may be lent. */
export function latest(first: string): string {
  return `${first} + (SELECT longest FROM hallpass.config) + interval '${BACKSTOP_MS} ms'`;
}
