-- Up Migration
-- Where nothing new is granted, because an operator said so; revocations go on. A row stays after its pause was lifted: the
-- time that an approval waited for it doesn't count against the approval.
create table pauses (
  -- The target, as the configuration calls it; '*': all of them.
  target     text primary key,
  -- The user of the operating system who paused it, and why.
  by_whom    text not null,
  because    text not null,
  since      timestamptz not null default now(),
  -- Null while the pause holds.
  resumed_at timestamptz
);

-- Why an operator ended it from the command line; null: nobody did. `ended_by` is then a user of the operating system.
alter table requests add column ended_because text;

-- Down Migration
alter table requests drop column ended_because;
drop table pauses;
