-- Up Migration
-- How soon people have decided what was asked for a role lately.
create index requests_answered on requests (target, role, id) where decided_by is not null;

-- Down Migration
drop index requests_answered;
