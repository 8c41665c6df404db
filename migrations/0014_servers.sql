-- Up Migration
-- Which server a target is: what answered at the last look. A copy, a promoted standby and a restored server have the
-- same system_identifier. All nullable: a process of the release before knows nothing of it.
alter table targets
  add column system_id  text,
  add column timeline   bigint,
  -- When its postmaster began, microseconds since 1970, and how far its log was flushed, bytes.
  add column started_at bigint,
  add column lsn        bigint,
  -- The anchor that it kept.
  add column anchor_seq bigint,
  -- By the ledger's clock: since when it is known to be this one, and when it was seen last.
  add column since      timestamptz,
  add column seen_at    timestamptz,
  -- Its standbys by name, with the beginnings of their postmasters: a promotion doesn't restart one.
  add column standbys   jsonb not null default '{}',
  -- What answers in its place, and may be a copy: nothing that it shows is a proof until an operator decides.
  add column stranger   jsonb,
  -- Why another server is known since than at the last comparison; null when it is the same.
  add column moved      text,
  -- An operator's word that the server was replaced for good: by whom, why, and by which.
  add column replaced   jsonb,
  -- This ledger has read an anchor there that bears its own key.
  add column anchored   boolean not null default false;

-- Why access ended, where the words of the release before don't tell: `why` then has the nearest that it knows.
alter table requests add column why_exact text check (why_exact in ('lost', 'replaced', 'written_off'));

-- By this key a ledger knows its own anchors, and only by this key; 244 random bits.
create table anchor_key (
  one boolean primary key default true check (one),
  key bytea not null check (length(key) = 32)
);
insert into anchor_key (key)
  select sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8'));

-- Down Migration
drop table anchor_key;
alter table requests drop column why_exact;
alter table targets drop column system_id, drop column timeline, drop column started_at, drop column lsn,
  drop column anchor_seq, drop column since, drop column seen_at, drop column standbys, drop column stranger,
  drop column moved, drop column replaced, drop column anchored;
