-- Up Migration
-- How the role was lent, as it was in force at the GRANT; null on what was lent before this step, or not yet.
alter table requests
  add column sessions        text check (sessions in ('auto', 'all', 'leave')),
  add column set_role        boolean,
  add column grace_ms        bigint,
  -- The transaction of the GRANT on the target.
  add column mark            text,
  -- The membership was proved gone at this moment of the target's clock; its sessions were not yet.
  add column sessions_before text,
  -- Since when it is due to be looked at what was left behind.
  add column review_at       timestamptz,
  add check (num_nulls(sessions, set_role, grace_ms) in (0, 3));
create index requests_review on requests (review_at) where review_at is not null;

-- Down Migration
alter table requests drop column sessions, drop column set_role, drop column grace_ms, drop column mark,
  drop column sessions_before, drop column review_at;
