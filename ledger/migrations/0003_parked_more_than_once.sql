-- An event that was parked, taken up and refused may be sent again with another content, and be parked
-- again under its id: the row that tells of the first time stays. Only what is parked now is unique.

ALTER TABLE ledger.parked DROP CONSTRAINT parked_pkey, ADD PRIMARY KEY (ledger, number);
CREATE UNIQUE INDEX parked_event ON ledger.parked (source, event_id) WHERE taken_at IS NULL;
COMMENT ON COLUMN ledger.parked.taken_at IS 'position at which it was parked no more: accepted there, or refused';
COMMENT ON COLUMN ledger.parked.claims_on IS 'business date it claims: that of its payment, else the day of its time, else that of receipt';
