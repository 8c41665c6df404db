-- Up Migration
-- What is to be shown, and what was shown last. A message is right when sent = wanted.
create table deliveries (
  key         text primary key,
  kind        text not null,
  request_id  bigint references requests,
  -- A channel, or a person's direct messages.
  recipient   text not null,
  -- What belongs to no request is written out once; all else is drawn from its request.
  message     jsonb,
  wanted      integer not null check (wanted > 0),
  sent        integer not null default 0,
  -- Where Slack put it.
  channel     text,
  ts          text,
  created_at  timestamptz not null default now(),
  not_before  timestamptz not null default now(),
  -- Whoever sends it holds the lease, longer than any call to Slack takes.
  lease_until timestamptz,
  attempts    integer not null default 0,
  trouble     text
);
create index deliveries_unsent on deliveries (not_before) where sent < wanted;
create index deliveries_by_request on deliveries (request_id);

-- Down Migration
drop table deliveries;
