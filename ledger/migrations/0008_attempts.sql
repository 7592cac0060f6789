-- Where runs of the intake began and got no further, so that a record at which the process ends is found.

CREATE TABLE ledger.attempt (
    ledger    text NOT NULL,
    place     text NOT NULL,
    begun_at  bigint NOT NULL,
    begun     integer NOT NULL,
    alone     text,
    digest    bytea,
    PRIMARY KEY (ledger, place)
);
COMMENT ON TABLE ledger.attempt IS 'where the intake began in a partition (topic/partition), or in a file that is not at its end';
COMMENT ON COLUMN ledger.attempt.begun_at IS 'offset at which the last run began; of a file, the last line that was taken';
COMMENT ON COLUMN ledger.attempt.begun IS 'how many runs in a row began there';
COMMENT ON COLUMN ledger.attempt.alone IS 'origin of the record that was taken alone last, while each is';
COMMENT ON COLUMN ledger.attempt.digest IS 'keyed hash of its bytes';
