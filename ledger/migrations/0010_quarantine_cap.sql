-- Of what a source may fill the quarantine with, bytes are kept up to a limit; beyond it only their hash and size.

CREATE TABLE ledger.quarantine_kept (
    ledger  text NOT NULL,
    place   text NOT NULL,
    bytes   bigint NOT NULL,
    PRIMARY KEY (ledger, place)
);
INSERT INTO ledger.quarantine_kept
    SELECT ledger, regexp_replace(origin, '(/[0-9]+/[0-9]+|:[0-9]+)$', ''), sum(length(sealed))
    FROM ledger.quarantine WHERE sealed IS NOT NULL GROUP BY 1, 2;
COMMENT ON TABLE ledger.quarantine_kept IS 'how many sealed bytes are kept of what came by a topic, or in a file';
COMMENT ON COLUMN ledger.quarantine.sealed IS 'the bytes; empty where they were withheld, beyond the limit of their source; null where only the journal told of them, until they come again';
