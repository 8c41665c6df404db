-- Up Migration
-- App Home of everyone who opened it: what they look at there, and whether Slack shows what the ledger says.
create table homes (
  -- A Slack user id.
  person      text primary key,
  opened_at   timestamptz not null default now(),
  -- Pages and filters, as src/surfaces/home/looking.ts reads them.
  looking     jsonb not null default '{}',
  -- What their last click there was answered with.
  notice      text,
  -- It shows, or may have to show, requests of other people: they decide, review or operate.
  of_others   boolean not null default true,
  -- Raised when something that they see may have changed; Slack shows `shown`, with this hash, drawn from this digest.
  wanted      bigint not null default 1,
  shown       bigint not null default 0,
  -- When Slack was last told.
  shown_at    timestamptz,
  hash        text,
  digest      text,
  not_before  timestamptz not null default now(),
  -- When what it shows changes because time has passed; null: only an event changes it.
  again_at    timestamptz,
  -- Raised with each lease: a process that had been frozen doesn't take what it published for the newest.
  turn        bigint not null default 0,
  lease_until timestamptz,
  attempts    integer not null default 0,
  -- Why Slack refuses it for good, and what fixes that, in words; null: it doesn't.
  trouble     text
);
create index homes_opened on homes (opened_at);

-- How far the audit chain was looked through for what Homes show. One row.
create table homes_seen (
  one boolean primary key default true check (one),
  seq bigint not null
);
insert into homes_seen (seq) select seq from audit_head;

-- What is granted, or being granted or revoked: what is overdue comes first, then what ends next.
create index requests_standing on requests ((case state when 'active' then expires_at when 'ending' then ending_at end), id)
  where state in ('granting', 'active', 'ending');

-- What approvers approved for longer than one request, by who chose it.
create index repeats_approvers on repeats (approver) where ended_at is null;

-- Extensions that wait for a decision.
create index requests_extension_asked on requests (id) where extension_ask is not null;

-- Down Migration
drop index requests_extension_asked;
drop index repeats_approvers;
drop index requests_standing;
drop table homes_seen;
drop table homes;
