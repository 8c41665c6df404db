-- What release 0.1.0 (migrations 0001 to 0007) says to the ledger, to the letter: a later release must let it go on.
-- docs/decisions/0012-rolling-upgrade.md

-- name: registerTargets
insert into targets (name) select unnest($1::text[]) on conflict do nothing

-- name: recordChecked
update targets t set sweeper = $2, checked_at = now(),
server = case when exists (select from targets o where o.server = $3 and o.name <> $1) then t.server else $3 end
where name = $1

-- name: forgetChecked
update targets set checked_at = null where name = $1

-- name: readTarget
select wake_seq, server, sweeper, extract(epoch from now() - checked_at)::float8 * 1000 as checked_ms
from targets where name = $1

-- name: insertRequest
with r as (
     insert into requests (target, role, login, requester, reason, wished_ms, duration_ms, asked, view_id,
         pending_until)
       values ($1, $2, $3, $4, $5, $6, $6, $7, $8, now() + $9 * interval '1 millisecond')
       on conflict do nothing returning *
   ), audited as (
     insert into events (request_id, kind, actor, data)
       select r.id, 'submitted', r.requester, jsonb_build_object('target', r.target, 'role', r.role, 'login', r.login,
         'reason', r.reason, 'wishedMs', r.wished_ms, 'asked', r.asked, 'configHash', $10::text)
       from r
   ), shown as (
     insert into deliveries (key, kind, request_id, recipient, wanted, not_before)
       select 'card:' || r.id, 'card', r.id, $11::text, r.version, now() + $12 * interval '1 millisecond' from r
       union all
       select 'status:' || r.id, 'status', r.id, r.requester, r.version, now() from r
   )
   select r.id, r.version, r.state, r.why, r.trouble, r.target, r.role, r.login, r.requester,
r.reason, r.wished_ms, r.duration_ms, r.asked, r.created_at, r.pending_until, r.on_call_note, r.decided_at,
r.decided_by, r.decided_via, r.server, r.grantor_oid, r.role_oid, r.member_oid, r.granted_at, r.expires_at, r.warn_at,
r.ended_by, r.ended_at, r.sessions, r.set_role, r.grace_ms, r.mark, r.sessions_before, r.review_at from r

-- name: writeTransitions
with change as (
  select * from jsonb_to_recordset($1::jsonb) as c(id bigint, wakes boolean, "shownBy" text, version int, state text, why text, trouble text, duration_ms bigint, on_call_note text,
decided_at timestamptz, decided_by text, decided_via text, server text, grantor_oid oid, role_oid oid, member_oid oid,
granted_at timestamptz, expires_at timestamptz, warn_at timestamptz, ended_by text, ended_at timestamptz,
sessions text, set_role boolean, grace_ms bigint, mark text, sessions_before text, review_at timestamptz)
), written as (
  update requests r set version = c.version, state = c.state, why = c.why, trouble = c.trouble, duration_ms = c.duration_ms, on_call_note = c.on_call_note, decided_at = c.decided_at, decided_by = c.decided_by, decided_via = c.decided_via, server = c.server, grantor_oid = c.grantor_oid, role_oid = c.role_oid, member_oid = c.member_oid, granted_at = c.granted_at, expires_at = c.expires_at, warn_at = c.warn_at, ended_by = c.ended_by, ended_at = c.ended_at, sessions = c.sessions, set_role = c.set_role, grace_ms = c.grace_ms, mark = c.mark, sessions_before = c.sessions_before, review_at = c.review_at
    from change c where r.id = c.id and r.version = c.version - 1
    returning r.id, r.version, r.target, c."shownBy"
), audited as (
  insert into events (request_id, kind, actor, data)
    select e.id, e.kind, e.actor, e.data
    from jsonb_to_recordset($2::jsonb) as e(id bigint, kind text, actor text, data jsonb) join written using (id)
    order by e.id
), decided as (
  insert into decisions (request_id, approver, verdict, via)
    select d.id, d.approver, d.verdict, d.via
    from jsonb_to_recordset($3::jsonb) as d(id bigint, approver text, verdict text, via text) join written using (id)
), told as (
  insert into deliveries (key, kind, request_id, recipient, wanted)
    select n.key, n.kind, n.id,
        coalesce(n.recipient, (select c.recipient from deliveries c where c.key = 'card:' || n.id)), w.version
    from jsonb_to_recordset($4::jsonb) as n(id bigint, key text, kind text, recipient text)
      join written w using (id)
    on conflict (key) do nothing
), reshown as (
  update deliveries d set wanted = w.version,
      not_before = case when w."shownBy" = 'all' then least(d.not_before, now()) else d.not_before end
    from written w where d.request_id = w.id and d.wanted < w.version and w."shownBy" in ('all', d.kind)
), woken as (
  update targets t set wake_seq = wake_seq + 1
    where t.name in (select w.target from written w join change c using (id) where c.wakes)
)
select id from written

-- name: insertEvent
insert into events (request_id, kind, actor, data) values ($1, $2, $3, $4)

-- name: readRequests
select clock.now, r.* from (select now()) clock left join lateral (select r.id, r.version, r.state, r.why, r.trouble, r.target, r.role, r.login, r.requester,
r.reason, r.wished_ms, r.duration_ms, r.asked, r.created_at, r.pending_until, r.on_call_note, r.decided_at,
r.decided_by, r.decided_via, r.server, r.grantor_oid, r.role_oid, r.member_oid, r.granted_at, r.expires_at, r.warn_at,
r.ended_by, r.ended_at, r.sessions, r.set_role, r.grace_ms, r.mark, r.sessions_before, r.review_at from requests r where r.id = any($1::bigint[]) order by r.id) r on true

-- name: readDue
select clock.now, r.* from (select now()) clock left join lateral (select r.id, r.version, r.state, r.why, r.trouble, r.target, r.role, r.login, r.requester,
r.reason, r.wished_ms, r.duration_ms, r.asked, r.created_at, r.pending_until, r.on_call_note, r.decided_at,
r.decided_by, r.decided_via, r.server, r.grantor_oid, r.role_oid, r.member_oid, r.granted_at, r.expires_at, r.warn_at,
r.ended_by, r.ended_at, r.sessions, r.set_role, r.grace_ms, r.mark, r.sessions_before, r.review_at from (
     (select * from requests where target = $1 and state in ('granting', 'ending') and id <> all($3::bigint[])
       order by state desc, id limit $2)
     union all
     (select * from requests where target = $1 and state = 'active' and expires_at <= now()
       and id <> all($3::bigint[]) order by expires_at limit $2)
   ) r limit $2) r on true

-- name: claimDeliveries
update deliveries d set lease_until = now() + $2 * interval '1 millisecond', attempts = attempts + 1
from (select key from deliveries where sent < wanted and not_before <= now()
        and (lease_until is null or lease_until <= now())
      order by not_before limit $1 for update skip locked) due
where d.key = due.key
returning d.*

-- name: recordSent
update deliveries set sent = greatest(sent, $2), channel = coalesce($3, channel), ts = coalesce($4, ts),
lease_until = null, attempts = 0, trouble = null where key = $1

-- name: recordUnsent
update deliveries set trouble = $2, lease_until = null, not_before = now() + coalesce($3, 0) * interval '1 millisecond',
sent = case when $3::bigint is null then wanted else sent end where key = $1

-- name: forgetPosted
update deliveries set channel = null, ts = null, lease_until = null where key = $1

-- name: releaseDeliveries
update deliveries set not_before = now() where request_id = $1 and sent < wanted and not_before > now()

-- name: insertOperatorNote
insert into deliveries (key, kind, recipient, message, wanted) values ($1, 'operators', $2, $3, 1)
on conflict (key) do nothing

-- name: rewriteOperatorNote
update deliveries set message = $2, wanted = wanted + 1, not_before = now() where key = $1

-- name: recordOrphans
with found as (
     select * from unnest($3::oid[], $4::oid[], $5::text[], $6::text[]) as f(role_oid, member_oid, role, login)
   ), gone as (
     update orphans o set settled_at = now() where o.target = $1 and o.server = $2 and o.settled_at is null
       and not exists (select from found f where f.role_oid = o.role_oid and f.member_oid = o.member_oid)
   )
   insert into orphans (target, server, role_oid, member_oid, role, login) select $1, $2, * from found
     on conflict (target, server, role_oid, member_oid) where settled_at is null do nothing
     returning id, target, server, role_oid as "roleOid", member_oid as "memberOid", role, login,
settled_at is not null as settled, settled_by as "settledBy"

-- name: settleOrphan
update orphans set settled_at = now(), settled_by = $2 where id = $1 and settled_at is null

-- name: grants
grant select, insert, update on requests, deliveries, targets, orphans to hallpass_app;
grant select, insert on events, decisions to hallpass_app;
revoke update, delete, truncate on events, decisions from hallpass_app;
