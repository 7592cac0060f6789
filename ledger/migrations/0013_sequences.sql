-- The running numbers of sources: which are missing, and which were used twice. Of entries of before
-- nothing is worked out: the numbers of a source begin with its next entry.

CREATE TABLE ledger.sequence (
    ledger   text NOT NULL,
    source   text NOT NULL,
    least    bigint NOT NULL,
    highest  bigint NOT NULL,
    PRIMARY KEY (ledger, source)
);
COMMENT ON TABLE ledger.sequence IS 'the least and the highest running number that entries of a source have';

CREATE TABLE ledger.sequence_break (
    ledger      text NOT NULL,
    source      text NOT NULL,
    first       bigint NOT NULL,
    last        bigint NOT NULL,
    again       boolean NOT NULL,
    entry       bigint NOT NULL,
    known_from  bigint NOT NULL,
    known_to    bigint NOT NULL,
    PRIMARY KEY (ledger, source, first, known_from)
);
CREATE INDEX sequence_break_known_from ON ledger.sequence_break (ledger, known_from);
CREATE INDEX sequence_break_known_to ON ledger.sequence_break (ledger, known_to);
COMMENT ON TABLE ledger.sequence_break IS 'running numbers of a source that no entry has, or (again) that several have';
COMMENT ON COLUMN ledger.sequence_break.entry IS 'position of the entry that shows it';

DO $$ DECLARE who text; BEGIN
    FOR who IN SELECT CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END
        FROM pg_class, aclexplode(relacl)
        WHERE pg_class.oid = 'ledger.parked'::regclass AND privilege_type = 'SELECT'
    LOOP
        EXECUTE 'GRANT SELECT ON ledger.sequence_break TO ' || who;
    END LOOP;
END $$;
