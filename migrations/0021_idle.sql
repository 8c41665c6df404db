-- Up Migration
-- What a heartbeat, and the comparison of open requests with their audit events, would else look for among all requests.
-- Built in a few seconds for a million of them.
-- Said otherwise than all else says "open", so that the planner takes it for nothing else.
create index requests_unended on requests (id) where ended_at is null;
create index requests_ended on requests (target, ended_at) where server is not null and ended_at is not null;

-- Down Migration
drop index requests_ended, requests_unended;
