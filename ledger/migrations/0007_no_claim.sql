-- What could not have been an event of its source claims nothing, and is in no period.

ALTER TABLE ledger.quarantine ALTER COLUMN claims_on DROP NOT NULL;
COMMENT ON COLUMN ledger.quarantine.claims_on IS 'business date it claims, as in ledger.parked; NULL of what could be no event of its source in this ledger';
