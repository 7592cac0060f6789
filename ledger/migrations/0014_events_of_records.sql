-- A record of a topic may carry many events, or none: what was read is counted apart from what it held.

ALTER TABLE ledger.source_offset
    ADD COLUMN taken_of_next integer NOT NULL DEFAULT 0,
    ADD COLUMN records bigint NOT NULL DEFAULT 0,
    ADD COLUMN events bigint NOT NULL DEFAULT 0;
UPDATE ledger.source_offset SET records = next_offset - skipped, events = next_offset - skipped;
COMMENT ON COLUMN ledger.source_offset.taken_of_next IS 'how many events of the record at next_offset are taken already';
COMMENT ON COLUMN ledger.source_offset.records IS 'records that were read to their end; next_offset is these and what was skipped';
COMMENT ON COLUMN ledger.source_offset.events IS 'events that the records held, of one that is read in part those taken; the sum of accepted, duplicate, parked and quarantined';
COMMENT ON COLUMN ledger.source_offset.parked IS 'events of this partition that wait now; one taken later moves to accepted';
COMMENT ON COLUMN ledger.source_offset.skipped IS 'offsets without a record: transaction marks, and what people chose to go past';
