-- Up Migration
-- How long its GRANT was for, milliseconds: an extension gives as long again. Null before it, and for grants of older
-- releases, which may be extended by as long as was asked for.
alter table requests add column granted_ms bigint;

-- Down Migration
alter table requests drop column granted_ms;
