-- Up Migration
-- Memberships that our own login granted and that no request in this ledger explains, as they were found.
create table orphans (
  id         bigint generated always as identity primary key,
  target     text not null,
  server     text not null,
  role_oid   oid not null,
  member_oid oid not null,
  -- As they were called when it was found.
  role       text not null,
  login      text not null,
  found_at   timestamptz not null default now(),
  -- When it was found gone or taken back; by the operator who clicked, or null.
  settled_at timestamptz,
  settled_by text
);
create unique index orphans_one_open on orphans (target, server, role_oid, member_oid) where settled_at is null;

-- Down Migration
drop table orphans;
