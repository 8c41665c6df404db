-- Up Migration
-- The audit trail. Hallpass's own login may insert and read here, never change or delete.
create table events (
  id         bigint generated always as identity primary key,
  at         timestamptz not null default now(),
  request_id bigint references requests,
  kind       text not null,
  -- A Slack user id; null when Hallpass itself acted.
  actor      text,
  data       jsonb not null
);
create index events_by_request on events (request_id, id);

-- Down Migration
drop table events;
