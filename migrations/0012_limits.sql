-- Up Migration
-- What one person has open, and asked for lately.
create index requests_open_of on requests (requester, id)
  where state in ('pending', 'granting', 'active', 'ending');
create index requests_asked_by on requests (requester, created_at);

-- The limit that this person has reached, or null. Until the transaction ends nobody else counts for them. Each query
-- of a volatile function sees what was committed before it (at READ COMMITTED), so also what was waited for here.
create function too_many(person text, most_pending int, most_a_minute int) returns text
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

-- How far the round has come in which Slack is asked who still has an account: replicas share one round.
create table rounds (
  name       text primary key,
  -- The last person of this round who was asked about; '' at its beginning.
  after      text not null default '',
  began_at   timestamptz not null default now(),
  -- Nobody goes on with it before.
  not_before timestamptz not null default now()
);
insert into rounds (name) values ('people');

-- Down Migration
drop table rounds;
drop function too_many;
drop index requests_open_of, requests_asked_by;
