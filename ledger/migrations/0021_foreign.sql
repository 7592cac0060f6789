-- What stands in a topic of the ledger and is not the ledger's (外来消息): named, passed, never believed.
-- Of each topic the first are kept; all are counted.

CREATE TABLE ledger.topic_place (
    ledger         text NOT NULL,
    topic          text NOT NULL,
    next_offset    bigint NOT NULL,
    number         bigint NOT NULL,
    number_offset  bigint NOT NULL,
    foreign_count  bigint NOT NULL,
    PRIMARY KEY (ledger, topic)
);
COMMENT ON TABLE ledger.topic_place IS 'how far the relay knows what stands in its topics';
COMMENT ON COLUMN ledger.topic_place.next_offset IS 'all before was written by the relay, or looked at';
COMMENT ON COLUMN ledger.topic_place.number IS 'the last entry, or record of the journal, that stands before it; 0 = none';
COMMENT ON COLUMN ledger.topic_place.number_offset IS 'where that one stands: elsewhere, the topic is another; -1 = nowhere';
COMMENT ON COLUMN ledger.topic_place.foreign_count IS 'foreign records met there';

CREATE TABLE ledger.foreign_record (
    ledger       text NOT NULL,
    topic        text NOT NULL,
    "offset"     bigint NOT NULL,
    fingerprint  bytea NOT NULL,
    fault        text NOT NULL,
    claims       bigint,
    bytes        bigint NOT NULL,
    stamped_at   timestamptz NOT NULL,
    seen_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (ledger, topic, "offset", fingerprint)
);
CREATE TRIGGER foreign_record_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.foreign_record
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
COMMENT ON TABLE ledger.foreign_record IS 'records in topics of the ledger that the ledger did not publish';
COMMENT ON COLUMN ledger.foreign_record.fingerprint IS 'SHA-256 of all that it says';
COMMENT ON COLUMN ledger.foreign_record.fault IS 'a code of ledger/published.py';
COMMENT ON COLUMN ledger.foreign_record.claims IS 'the position or number that it claims';
COMMENT ON COLUMN ledger.foreign_record.stamped_at IS 'the time that the record bears, which whoever sent it may have chosen';
