-- Several bureaus in one database: what a source calls an event by is the ledger's own, and what
-- comes by a topic goes into one ledger. What a ledger adopted of its bureau stands in its journal.

DROP INDEX ledger.entry_event;
CREATE UNIQUE INDEX entry_event ON ledger.entry (source, event_id, ledger);
DROP INDEX ledger.parked_event;
CREATE UNIQUE INDEX parked_event ON ledger.parked (source, event_id, ledger) WHERE taken_at IS NULL;

ALTER TABLE ledger.source_offset ADD COLUMN ledger text;
UPDATE ledger.source_offset SET ledger = (SELECT ledger FROM ledger.ledger)
    WHERE (SELECT count(*) FROM ledger.ledger) = 1;
COMMENT ON COLUMN ledger.source_offset.ledger IS 'the ledger that takes in what comes by this topic; NULL where an upgrade could not say, until it is claimed';

CREATE INDEX journal_adopted ON ledger.journal (ledger, number) WHERE kind = 'bureau-adopted';
COMMENT ON COLUMN ledger.journal.subject IS 'what it is about: parked/<number>, quarantine/<number>, <topic>/<partition>, read-models, bureau/<digest>';
