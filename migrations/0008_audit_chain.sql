-- Up Migration
-- Every audit event is chained to the one before it: who changes, removes, adds or moves one must rewrite all that
-- follow, and the head that was noted elsewhere no longer fits. docs/audit.md tells how it is verified.

create table audit_chain (
  -- 1, 2, 3, ... without a gap.
  seq      bigint primary key,
  event_id bigint not null unique references events,
  hash     bytea not null check (length(hash) = 32)
);

-- One row: where the chain ends. Whoever chains holds its lock until the commit.
create table audit_head (
  one  boolean primary key default true check (one),
  seq  bigint not null,
  hash bytea not null check (length(hash) = 32)
) with (fillfactor = 10);
insert into audit_head (seq, hash) values (0, decode(repeat('00', 32), 'hex'));

-- Up to `seq`, events were deleted by `hallpass audit prune`; the rest verifies from `hash`.
create table audit_checkpoints (
  seq       bigint primary key,
  hash      bytea not null check (length(hash) = 32),
  -- How many events went with this one.
  count     bigint not null,
  at        timestamptz not null,
  by        text not null,
  -- Ed25519, by the operator's key.
  signature bytea not null check (length(signature) = 64)
);

-- `hallpass audit export --since` and `prune --before` look for a time.
create index events_by_time on events (at);

-- What is hashed of an event: the same text whatever a session has set. A time in UTC, ISO 8601 with its microseconds;
-- jsonb's own text. Read by name, so that a later column of `events` changes nothing here. src/ledger/audit-chain.ts
-- has it too, for `verify` must not believe what stands in the schema that it looks at.
create function audit_text(seq bigint, id bigint, at timestamptz, request_id bigint, kind text, actor text, data jsonb)
returns text language sql stable return
  json_build_object('seq', seq, 'id', id, 'at', (to_json(at at time zone 'UTC') #>> '{}') || 'Z',
    'request_id', request_id, 'kind', kind, 'actor', actor, 'data', data)::text;

create function audit_link(running bytea, previous bytea, event text)
returns bytea language sql immutable return
  sha256(convert_to(encode(coalesce(running, previous), 'hex') || event, 'UTF8'));

-- Over rows in their order: the hash of each, the first one's on top of `previous`.
create aggregate audit_hash(previous bytea, event text) (sfunc = audit_link, stype = bytea);

-- Runs once a statement, after all its other row locks were taken, and takes the head's: so writers queue up in one
-- place and no two wait for each other. A transaction that goes on after its event makes all others wait: don't.
create function audit_append() returns trigger language plpgsql security definer as $$
declare
  head audit_head;
begin
  if not exists (select from added) then
    return null;
  end if;
  select * into strict head from audit_head for update;
  with appended as (
    insert into audit_chain (seq, event_id, hash)
      select n.seq, n.id,
        audit_hash(head.hash, audit_text(n.seq, n.id, n.at, n.request_id, n.kind, n.actor, n.data)) over (order by n.id)
      from (select head.seq + row_number() over (order by a.id) as seq, a.* from added a) n
      returning seq, hash
  )
  update audit_head set (seq, hash) = (select a.seq, a.hash from appended a order by a.seq desc limit 1);
  return null;
end $$;

-- It acts with the owner's rights: nothing of its caller's may stand in for what it names, nobody else may attach it.
do $$ begin
  execute format('alter function audit_append() set search_path = pg_catalog, %I, pg_temp', current_schema());
end $$;
revoke execute on function audit_append() from public;

-- What an older release wrote is chained in its order; one that runs waits meanwhile.
lock table events in share row exclusive mode;
insert into audit_chain (seq, event_id, hash)
  select n.seq, n.id,
    audit_hash(h.hash, audit_text(n.seq, n.id, n.at, n.request_id, n.kind, n.actor, n.data)) over (order by n.id)
  from (select row_number() over (order by id) as seq, * from events) n, audit_head h;
update audit_head h set seq = c.seq, hash = c.hash
  from (select seq, hash from audit_chain order by seq desc limit 1) c;

create trigger events_chained after insert on events referencing new table as added
  for each statement execute function audit_append();

-- Down Migration
drop trigger events_chained on events;
drop function audit_append;
drop aggregate audit_hash(bytea, text);
drop function audit_link;
drop function audit_text;
drop index events_by_time;
drop table audit_checkpoints;
drop table audit_head;
drop table audit_chain;
