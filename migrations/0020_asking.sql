-- Up Migration
-- Who is asked while a request waits, when that is no longer what it was when the request was made: who decides today,
-- why its card can't be posted and who was asked directly instead, and why nobody can decide. null: nothing of it.
alter table requests add column asking jsonb;

-- Since when a first post is under way of which it isn't known whether Slack took it; null: none is.
alter table deliveries add column tried_at timestamptz;
-- What it shows changed since it was claimed: what is being sent is not the newest.
alter table deliveries add column stale boolean not null default false;

-- Where Slack lets Hallpass post nothing: a channel, or 'D' for everybody's direct messages.
create table shut_places (
  place      text primary key,
  -- Slack's name of the error, what it means, and what to do about it.
  code       text not null,
  why        text not null,
  fix        text,
  since      timestamptz not null default now(),
  -- Nothing is tried there before.
  not_before timestamptz not null,
  -- Something was posted there again; the row goes when the operators are told.
  mended_at  timestamptz
);

-- Copies of operators' messages, by direct message. It stays small, and is built in about a second for a million messages.
create index deliveries_copies on deliveries (key) where kind = 'operators' and recipient ~ '^[UW]';

-- Down Migration
drop index deliveries_copies;
drop table shut_places;
alter table deliveries drop column stale, drop column tried_at;
alter table requests drop column asking;
