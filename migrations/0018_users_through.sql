-- Up Migration
-- Everybody who was seen to be able to use the role through the borrower's login, from the GRANT on: [{oid, name}].
alter table requests add column users_through jsonb;

-- Down Migration
alter table requests drop column users_through;
