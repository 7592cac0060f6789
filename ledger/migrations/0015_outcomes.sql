-- What became of an event can be asked by its name, or by where it came from: all faults as they were
-- told, running numbers of what is aside, and a trace of what came twice.

ALTER TABLE ledger.parked ADD COLUMN sequence bigint;
ALTER TABLE ledger.quarantine
    ADD COLUMN sequence bigint,
    ADD COLUMN faults text,
    ADD COLUMN sender text GENERATED ALWAYS AS (
        coalesce(substring(origin FROM '^[^/]*[.]intake[.]([^/]*)/'), substring(origin FROM '^http/([^/:]*)[/:]'), source)
    ) STORED;
COMMENT ON COLUMN ledger.parked.sequence IS 'the running number its source gave it; null where it has none, or is of an older release';
COMMENT ON COLUMN ledger.quarantine.sequence IS 'as in ledger.parked, as far as it is readable';
COMMENT ON COLUMN ledger.quarantine.faults IS 'all that was wrong with it, as it was told then: a JSON array, the first is that of reason; null of an older release';
COMMENT ON COLUMN ledger.quarantine.sender IS 'who sent it: the source by whose topic or credentials it came, else the one that it names';

CREATE INDEX parked_name ON ledger.parked (ledger, source, event_id);
CREATE INDEX parked_origin ON ledger.parked (ledger, origin);
CREATE INDEX parked_day ON ledger.parked (ledger, parked_at);
CREATE INDEX quarantine_name ON ledger.quarantine (ledger, sender, event_id);
CREATE INDEX quarantine_origin ON ledger.quarantine (ledger, origin);
CREATE INDEX quarantine_day ON ledger.quarantine (ledger, received_at);
CREATE INDEX quarantine_number ON ledger.quarantine (ledger, number);
CREATE INDEX quarantine_mended ON ledger.quarantine (ledger, released_by) WHERE released_by IS NOT NULL;

CREATE TABLE ledger.duplicate (
    ledger       text NOT NULL,
    number       bigint NOT NULL,
    source       text NOT NULL,
    event_id     text,
    received_at  timestamptz NOT NULL,
    origin       text NOT NULL,
    of_outcome   text NOT NULL,
    of_number    bigint,
    PRIMARY KEY (ledger, number)
);
CREATE INDEX duplicate_name ON ledger.duplicate (ledger, source, event_id);
CREATE INDEX duplicate_day ON ledger.duplicate (ledger, source, received_at);
COMMENT ON TABLE ledger.duplicate IS 'what came again; of a source and a day only the first ones, however many there were';
COMMENT ON COLUMN ledger.duplicate.source IS 'who sent it; empty where nobody can tell';
COMMENT ON COLUMN ledger.duplicate.of_outcome IS 'what had become of the first by then: accepted, parked, quarantined';
COMMENT ON COLUMN ledger.duplicate.of_number IS 'position of the entry, or number in quarantine; null of what was parked';

CREATE TABLE ledger.duplicates_of_day (
    ledger  text NOT NULL,
    source  text NOT NULL,
    day     date NOT NULL,
    count   bigint NOT NULL,
    PRIMARY KEY (ledger, source, day)
);
COMMENT ON TABLE ledger.duplicates_of_day IS 'how many of what a source sent on a day (Asia/Shanghai) had come before';

DO $$ DECLARE who text; BEGIN
    FOR who IN SELECT CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END
        FROM pg_class, aclexplode(relacl)
        WHERE pg_class.oid = 'ledger.parked'::regclass AND privilege_type = 'SELECT'
    LOOP
        EXECUTE 'GRANT SELECT ON ledger.duplicate, ledger.duplicates_of_day TO ' || who;
    END LOOP;
END $$;
