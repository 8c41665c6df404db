-- Up Migration
create table targets (
  name       text primary key,
  -- Raised by every change that a sweep must see; a sweep repeats until it has seen the newest.
  wake_seq   bigint not null default 0,
  -- system_identifier as last seen.
  server     text,
  -- The process that swept last, and when all our rows were last compared.
  sweeper    text,
  checked_at timestamptz
);

-- Down Migration
drop table targets;
