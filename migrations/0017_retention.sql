-- Up Migration
-- No request changes without an audit event that explains it (docs/decisions/0025-approval-in-the-chain.md), and what
-- was told long ago can be forgotten (docs/decisions/0026-retention.md).

-- A statement of Hallpass's own login that writes requests must write an audit event of each in the same transaction,
-- and what matters most must stand in that event: who asked for what, who approved it for how long, when access ends.
-- Whether the event can be true is for `hallpass audit verify` to say. Each release writes both in one statement.
create function requests_explained() returns trigger language plpgsql as $$
declare
  unexplained bigint;
begin
  -- One probe of events_by_request for each row. `xmin`: written by this transaction.
  if tg_op = 'INSERT' then
    select n.id into unexplained from changed n left join lateral (
        select e.kind, e.actor, e.data from events e
          where e.request_id = n.id and e.xmin = pg_current_xact_id()::xid order by e.id desc limit 1) e on true
      where case e.kind
        when 'submitted' then n.state = 'pending' and e.actor = n.requester
          and num_nonnulls(n.decided_by, n.server, n.expires_at) = 0
          and (e.data->>'target', e.data->>'role', e.data->>'login') = (n.target, n.role, n.login)
          and e.data->'wishedMs' = to_jsonb(n.wished_ms) and n.duration_ms = n.wished_ms
        when 'recovered' then n.state = 'active' and (e.data->>'expiresAt')::timestamptz = n.expires_at
        end is not true
      limit 1;
  else
    select n.id into unexplained from before o join changed n on n.id = o.id left join lateral (
        select e.kind, e.actor, e.data from events e
          where e.request_id = n.id and e.xmin = pg_current_xact_id()::xid order by e.id desc limit 1) e on true
      where (o.state, o.why, o.duration_ms, o.decided_by, o.server, o.grantor_oid, o.role_oid, o.member_oid,
          o.granted_at, o.expires_at, o.extension, o.ended_by, o.ended_at, o.sessions, o.set_role,
          o.target, o.role, o.login, o.requester, o.reason, o.wished_ms, o.asked)
        is distinct from (n.state, n.why, n.duration_ms, n.decided_by, n.server, n.grantor_oid, n.role_oid, n.member_oid,
          n.granted_at, n.expires_at, n.extension, n.ended_by, n.ended_at, n.sessions, n.set_role,
          n.target, n.role, n.login, n.requester, n.reason, n.wished_ms, n.asked)
        and (e.kind is not null
          and (o.target, o.role, o.login, o.requester, o.reason, o.wished_ms, o.asked)
            is not distinct from (n.target, n.role, n.login, n.requester, n.reason, n.wished_ms, n.asked)
          and (n.state <> 'granting'
            or o.state = 'granting' and (o.duration_ms, o.decided_by) is not distinct from (n.duration_ms, n.decided_by)
            or e.kind in ('approved', 'approved_on_call') and e.actor is not distinct from n.decided_by
              and e.data->'durationMs' = to_jsonb(n.duration_ms))
          -- Nothing stands in the way of an end. Hallpass knows no microseconds: it writes back what it read without them.
          and (n.state not in ('pending', 'granting', 'active') or n.expires_at is not distinct from o.expires_at
            or abs(extract(epoch from n.expires_at - o.expires_at)) < 0.001
            or (e.data->>'expiresAt')::timestamptz = n.expires_at)) is not true
      limit 1;
  end if;
  -- Whoever owns the table could drop this trigger anyway.
  if unexplained is not null
    and not pg_has_role(current_user, (select relowner from pg_class where oid = tg_relid), 'member')
  then
    raise exception 'R-% is not changed without an audit event that explains it', unexplained
      using errcode = 'insufficient_privilege';
  end if;
  return null;
end $$;
-- The plan is made once, perhaps for one row, and must do for thousands: no loop over the rows in each row.
do $$ begin
  execute format('alter function requests_explained() set search_path = pg_catalog, %I, pg_temp', current_schema());
  alter function requests_explained() set enable_nestloop = off;
  alter function requests_explained() set jit = off;
end $$;

create trigger requests_explained_new after insert on requests
  referencing new table as changed for each statement execute function requests_explained();
create trigger requests_explained after update on requests
  referencing old table as before new table as changed for each statement execute function requests_explained();

-- What was sent long ago is found without passing what is kept: cards stay as long as their requests. Last, because who
-- writes a request locks in this order, too; they wait while it is built, about a second for a million messages.
create index deliveries_by_age on deliveries (created_at) where kind <> 'card';

-- Down Migration
drop index deliveries_by_age;
drop trigger requests_explained on requests;
drop trigger requests_explained_new on requests;
drop function requests_explained;
