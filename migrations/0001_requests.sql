-- Up Migration
create table requests (
  id            bigint generated always as identity (start with 1001) primary key,
  -- Every write names the version that it read, and raises it: two writers cannot both win.
  version       integer not null default 1,
  state         text not null default 'pending' check (state in
                  ('pending', 'granting', 'active', 'ending', 'denied', 'withdrawn', 'lapsed', 'failed', 'ended')),
  why           text check (why in ('expired', 'relinquished', 'ended', 'removed', 'failed')),
  trouble       text,
  target        text not null,
  role          text not null,
  login         text not null,
  requester     text not null,
  reason        text not null,
  wished_ms     bigint not null check (wished_ms > 0),
  duration_ms   bigint not null check (duration_ms > 0),
  asked         jsonb not null,
  -- The modal that was submitted: a second submission of it is the same request.
  view_id       text not null unique,
  created_at    timestamptz not null default now(),
  pending_until timestamptz not null,
  on_call_note  text,
  decided_at    timestamptz,
  decided_by    text,
  decided_via   text,
  -- Where the membership stands: identity, not names. Written before the GRANT is run.
  server        text,
  grantor_oid   oid,
  role_oid      oid,
  member_oid    oid,
  granted_at    timestamptz,
  expires_at    timestamptz,
  warn_at       timestamptz,
  ended_by      text,
  ended_at      timestamptz,
  check (num_nulls(server, grantor_oid, role_oid, member_oid) in (0, 4)),
  check (state <> 'active' or (server is not null and expires_at is not null)),
  check ((ended_at is null) = (state in ('pending', 'granting', 'active', 'ending')))
);

-- At most one open request for one membership.
create unique index requests_one_open on requests (target, role, login)
  where state in ('pending', 'granting', 'active', 'ending');
create index requests_expiring on requests (target, expires_at) where state = 'active';
create index requests_unsettled on requests (target, id) where state in ('granting', 'ending');
create index requests_pending on requests (pending_until) where state = 'pending';
create index requests_warn on requests (warn_at) where warn_at is not null;
-- The last request for one membership: may a row that nothing explains be taken back?
create index requests_by_place on requests (server, role_oid, member_oid, id) where server is not null;

-- Down Migration
drop table requests;
