-- Up Migration
-- When an approval was last checked in full: on call asked, danger read. A sweep asks nobody but this ledger and the
-- target, so what perishes is granted only while this is fresh. Null: by a release that did not know it, or unchecked.
alter table requests
  add column cleared_at timestamptz,
  -- The Slack channel in which it was asked for; '' when Slack did not say; null: by a release that did not keep it.
  add column asked_in   text;

-- Down Migration
alter table requests drop column asked_in, drop column cleared_at;
