-- Up Migration
-- What a server remembers of a ledger and this one does not hold: it was restored, or it is another. Until an operator
-- decides, nothing is lent or taken back there.
alter table targets add column doubt text;

-- Down Migration
alter table targets drop column doubt;
