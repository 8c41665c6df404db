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
  -- Raised when something that they see may have changed; Slack shows `shown`, with this hash, drawn from this digest.
  wanted      bigint not null default 1,
  shown       bigint not null default 0,
  hash        text,
  digest      text,
  not_before  timestamptz not null default now(),
  lease_until timestamptz,
  attempts    integer not null default 0
);
create index homes_opened on homes (opened_at);

-- How far the audit chain was looked through for what Homes show. One row.
create table homes_seen (
  one boolean primary key default true check (one),
  seq bigint not null
);
insert into homes_seen (seq) select seq from audit_head;

-- Extensions that wait for a decision.
create index requests_extension_asked on requests (id) where extension_ask is not null;

-- Down Migration
drop index requests_extension_asked;
drop table homes_seen;
drop table homes;
