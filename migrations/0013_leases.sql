-- Up Migration
-- Who works on what right now, so that two processes don't do the same work: a target by its name, `:overdue` for the look
-- at what is overdue. Not advisory locks, which anybody with CONNECT can take and keep: a lease needs rights on this table.
-- Nothing rests on it, so it is not worth a write to disk, nor anything after a crash of the server: unlogged.
create unlogged table leases (
  name   text primary key,
  holder text not null,
  -- By the clock of this server. A holder that works renews it; one that died lets it run out.
  until  timestamptz not null
) with (fillfactor = 50);

-- One row for each person who ever asked, locked while what they have open is counted.
create table askers (
  who text primary key
);

-- As before, but by a row lock: no login without rights on our tables can take it. Who does hold it for long, holds up
-- nobody: the count is then made without it, and may let a request or two too many through.
create or replace function too_many(person text, most_pending int, most_a_minute int) returns text
  language plpgsql volatile set lock_timeout = '1s' as $$
begin
  begin
    insert into askers (who) values (person) on conflict do nothing;
    perform from askers where who = person for update;
  exception when lock_not_available then
    null;
  end;
  if (select count(*) from requests where requester = person and state = 'pending') >= most_pending then
    return 'too_many_pending';
  end if;
  if (select count(*) from requests
        where requester = person and created_at > now() - interval '1 minute') >= most_a_minute then
    return 'too_many_requests';
  end if;
  return null;
end $$;

-- Down Migration
create or replace function too_many(person text, most_pending int, most_a_minute int) returns text
  language plpgsql volatile as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('hallpass requests of ' || person, 0));
  if (select count(*) from requests where requester = person and state = 'pending') >= most_pending then
    return 'too_many_pending';
  end if;
  if (select count(*) from requests
        where requester = person and created_at > now() - interval '1 minute') >= most_a_minute then
    return 'too_many_requests';
  end if;
  return null;
end $$;
alter function too_many(text, int, int) reset lock_timeout;
drop table askers;
drop table leases;
