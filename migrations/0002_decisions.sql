-- Up Migration
create table decisions (
  request_id bigint not null references requests,
  -- A Slack user id; 'on_call' when the PagerDuty schedule decided.
  approver   text not null,
  verdict    text not null check (verdict in ('approve', 'deny')),
  via        text not null,
  decided_at timestamptz not null default now(),
  primary key (request_id, approver)
);

-- Down Migration
drop table decisions;
