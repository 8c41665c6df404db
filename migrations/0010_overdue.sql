-- Up Migration
-- When a request became `ending`: that is when its revocation is due. By a trigger, so that a process of the release
-- before, which knows nothing of it, stamps it too.
alter table requests add column ending_at timestamptz;
update requests set ending_at = now() where state = 'ending';
create function requests_ending() returns trigger language plpgsql as $$
begin
  new.ending_at := now();
  return new;
end $$;
create trigger requests_ending before update on requests for each row
  when (new.state = 'ending' and old.state <> 'ending') execute function requests_ending();

-- The times during which revocations on a target were overdue: each is one message to the operators.
create table overdue (
  id        bigint generated always as identity primary key,
  target    text not null,
  -- How many, when the first of them was due, and what keeps it from being done.
  grants    integer not null,
  since     timestamptz not null,
  trouble   text,
  mended_at timestamptz,
  -- The operators are to be told `version`, and were told `told`.
  version   integer not null default 1,
  told      integer not null default 0
);
create unique index overdue_one_open on overdue (target) where mended_at is null;
create index overdue_untold on overdue (id) where told < version;

-- What PagerDuty is to be told, one row an incident at most open; it is right when sent = wanted.
create table pages (
  key         text primary key,
  open        boolean not null,
  summary     text not null,
  details     jsonb not null,
  wanted      integer not null default 1,
  sent        integer not null default 0,
  not_before  timestamptz not null default now(),
  -- Whoever sends it holds the lease, longer than a call to PagerDuty takes.
  lease_until timestamptz,
  attempts    integer not null default 0,
  trouble     text
);
create index pages_unsent on pages (not_before) where sent < wanted;

-- Down Migration
drop table pages;
drop table overdue;
drop trigger requests_ending on requests;
drop function requests_ending;
alter table requests drop column ending_at;
