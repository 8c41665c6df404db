-- Up Migration
-- The last extension of a grant. `asked`: the ledger has the new end, and the target did not confirm it yet; until then
-- the old one is kept.
alter table requests
  add column extension     text check (extension in ('asked', 'confirmed', 'refused')),
  add column extended_by   text,
  add column extended_at   timestamptz,
  add column extended_from timestamptz,
  add check (num_nulls(extension, extended_by, extended_at, extended_from) in (0, 4));
create index requests_extending on requests (target, id) where state = 'active' and extension = 'asked';

-- Down Migration
alter table requests drop column extension, drop column extended_by, drop column extended_at,
  drop column extended_from;
