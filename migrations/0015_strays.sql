-- Up Migration
-- Memberships of ours that have to go although no open request accounts for them. Each row is the intent to revoke one:
-- it stands until the membership and the sessions that could still use it are proved gone, because the next comparison
-- no longer sees a membership that was revoked, and would forget its sessions.
create table strays (
  id           bigint generated always as identity primary key,
  target       text not null,
  server       text not null,
  grantor_oid  oid not null,
  role_oid     oid not null,
  member_oid   oid not null,
  -- What they were called when it was found.
  role         text not null,
  login        text not null,
  -- Why it has to go: 'leftover' (its request has ended), 'late' (its GRANT came after the end of its request), 'orphan'
  -- (no request explains it, and an operator or the configuration has it revoked).
  kind         text not null,
  request_id   bigint references requests,
  orphan_id    bigint references orphans,
  -- The operator who clicked.
  asked_by     text,
  -- Why Hallpass thinks that it came back; a sentence.
  because      text,
  -- When it was last known not to be there.
  absent_at    timestamptz,
  -- How it was granted: as for a request.
  sessions     text not null check (sessions in ('auto', 'all', 'leave')),
  set_role     boolean not null,
  due_at       timestamptz not null default now(),
  -- As for a request: which sessions count, and what keeps it from being done.
  sessions_before text,
  -- Our own REVOKE took it away, and not somebody else.
  revoked      boolean not null default false,
  trouble      text,
  settled_at   timestamptz,
  -- 'revoked'; 'absent': the membership was gone when Hallpass came; 'wanted': a newer request has it.
  outcome      text,
  -- Sessions that were ended, and prepared transactions of the login that were still waiting.
  closed       integer not null default 0,
  prepared     text[] not null default '{}',
  wanted_by    bigint references requests
);
create unique index strays_one_open on strays (target, server, role_oid, member_oid) where settled_at is null;
create index strays_by_request on strays (request_id) where request_id is not null;

-- Whose the membership is, and whether it allows SET ROLE; null on what an older release found, until the next comparison.
alter table orphans add column grantor_oid oid, add column set_role boolean;

-- Down Migration
alter table orphans drop column grantor_oid, drop column set_role;
drop table strays;
