-- Up Migration
-- What a request must meet, and the approvals that count so far, each as they were last looked at; null for requests of
-- older releases, which one approver decides. `danger`: what the role could do then, where a rule depends on it.
alter table requests
  add column rules jsonb,
  add column approvals jsonb,
  add column danger text,
  -- How often the ladder told that nobody has decided, when it does next, and when it did last.
  add column steps_told integer not null default 0,
  add column step_at timestamptz,
  add column step_told_at timestamptz,
  -- The rule that approved it without an approver. Null: people did; in older rows without decided_by, the on-call rule.
  add column decided_rule text,
  add column denied_because text,
  -- An extension that its holder asks for, undecided; and how many were granted.
  add column extension_ask jsonb,
  add column extensions integer not null default 0,
  -- What the reviewers of a break-glass request say, and when they are asked (again).
  add column emergency jsonb,
  add column judge_at timestamptz;
create index requests_to_step on requests (step_at) where step_at is not null;
create index requests_to_judge on requests (judge_at) where judge_at is not null;

-- One who approved may still deny it while others are needed.
alter table decisions drop constraint decisions_pkey, add primary key (request_id, approver, verdict);

-- What an approver has approved for longer than one request: the same person, login and role again, no longer than then.
create table repeats (
  id         bigint generated always as identity primary key,
  -- The request that was approved.
  request_id bigint not null references requests,
  requester  text not null,
  target     text not null,
  role       text not null,
  login      text not null,
  max_ms     bigint not null check (max_ms > 0),
  approver   text not null,
  created_at timestamptz not null default now(),
  until      timestamptz not null,
  -- Who ended it, and when: a Slack user, or null when Hallpass did, with the reason. It is over after `until`, too.
  ended_at   timestamptz,
  ended_by   text,
  because    text
);
create index repeats_of on repeats (target, role, login);
create index repeats_of_request on repeats (request_id);
create index repeats_holders on repeats (requester) where ended_at is null;
-- Of one request, one at a time: of two clicks one makes it.
create unique index repeats_open on repeats (request_id) where ended_at is null;

-- An approval without an approver explains the state that it makes, whichever rule gave it.
do $$ begin
  execute replace(pg_get_functiondef('requests_explained'::regproc), $q$('approved', 'approved_on_call')$q$,
    $q$('approved', 'approved_on_call', 'approved_automatically', 'approved_again', 'approved_in_emergency')$q$);
end $$;

-- Down Migration
do $$ begin
  execute replace(pg_get_functiondef('requests_explained'::regproc),
    $q$('approved', 'approved_on_call', 'approved_automatically', 'approved_again', 'approved_in_emergency')$q$,
    $q$('approved', 'approved_on_call')$q$);
end $$;
drop table repeats;
delete from decisions d where exists (
  select from decisions o where o.request_id = d.request_id and o.approver = d.approver and o.decided_at > d.decided_at);
alter table decisions drop constraint decisions_pkey, add primary key (request_id, approver);
alter table requests drop column rules, drop column approvals, drop column danger, drop column steps_told,
  drop column step_at, drop column step_told_at, drop column decided_rule, drop column denied_because, drop column extension_ask,
  drop column extensions, drop column emergency, drop column judge_at;
