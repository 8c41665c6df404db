-- Up Migration
-- Whether anybody uses what is granted (docs/decisions/0038-unused-access.md).
alter table requests
  -- With the other terms of the grant: unused for so long, it ends. Null: never.
  add column idle_ms bigint,
  -- A session was open at the last look; when one was last known to be; and for how long one was, as far as was seen.
  add column in_use boolean not null default false,
  add column used_at timestamptz,
  add column session_ms bigint not null default 0,
  -- Its holder was told that it isn't used, and when it ends because of that.
  add column idle_told_at timestamptz,
  add column idle_ends_at timestamptz,
  drop constraint requests_why_exact_check,
  add check (why_exact in ('lost', 'replaced', 'written_off', 'idle'));

-- Which servers of a target were all seen, since when without a gap, and when last.
alter table targets add column watched text, add column watched_since timestamptz, add column watched_at timestamptz;

-- Down Migration
alter table targets drop column watched, drop column watched_since, drop column watched_at;
update requests set why_exact = null where why_exact = 'idle';
alter table requests drop column idle_ms, drop column in_use, drop column used_at, drop column session_ms,
  drop column idle_told_at, drop column idle_ends_at, drop constraint requests_why_exact_check,
  add check (why_exact in ('lost', 'replaced', 'written_off'));
