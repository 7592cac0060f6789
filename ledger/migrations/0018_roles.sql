-- Who may do what in the database: each service is a role of its own, with the rights in
-- ledger/rights.py. Sealed parts and persons' keys are opened by a function that leaves a trace, and
-- a ledger knows its secret by a check value, also where every entry names persons.

ALTER TABLE ledger.ledger ADD COLUMN secret_check bytea;
COMMENT ON COLUMN ledger.ledger.secret_check IS 'HMAC-SHA256 under a key of the ledger secret; NULL of a ledger of 0.2.0 until it is opened with its secret';

-- What may be told of sealed bytes to whoever may not read them.
ALTER TABLE ledger.parked ADD COLUMN lacking boolean GENERATED ALWAYS AS (sealed IS NULL) STORED;
ALTER TABLE ledger.quarantine
    ADD COLUMN lacking boolean GENERATED ALWAYS AS (sealed IS NULL) STORED,
    ADD COLUMN withheld boolean GENERATED ALWAYS AS (coalesce(sealed = '', false)) STORED;
DROP INDEX ledger.parked_lacking, ledger.quarantine_lacking;
CREATE INDEX parked_lacking ON ledger.parked (ledger, number) WHERE lacking;
CREATE INDEX quarantine_lacking ON ledger.quarantine (ledger, number) WHERE lacking;
COMMENT ON COLUMN ledger.parked.lacking IS 'whether its bytes have still to come again after a restore';
COMMENT ON COLUMN ledger.quarantine.lacking IS 'as in ledger.parked';
COMMENT ON COLUMN ledger.quarantine.withheld IS 'whether its bytes were beyond the limit of their source, and are not kept';

CREATE FUNCTION ledger.open_sealed(in_ledger text, of_looks bigint[])
RETURNS TABLE ("position" bigint, ordinal smallint, person text, open bytea, sealed bytea, start integer, length integer, key bytea, master text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    subjects text[];
BEGIN
    -- A line that its reader could still roll back is no trace: it must have been committed before.
    SELECT array_agg(look.subject) INTO subjects FROM ledger.look AS look
    WHERE look.ledger = in_ledger AND look.number = ANY (of_looks)
        AND look.database_user = session_user
        AND look.at < transaction_timestamp() AND look.at > clock_timestamp() - interval '10 minutes';
    IF coalesce(cardinality(subjects), 0) < (SELECT count(DISTINCT n) FROM unnest(of_looks) AS n) THEN
        RAISE EXCEPTION 'ledger.open_sealed: write the look down and commit it first'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN QUERY
    SELECT part.position, part.ordinal, part.person, entry.open, part.sealed, part.start, part.length, held.key, held.master
    FROM ledger.sealed_part AS part
    JOIN ledger.entry AS entry ON entry.ledger = part.ledger AND entry.position = part.position
    LEFT JOIN ledger.person_key AS held ON held.ledger = part.ledger AND held.person = part.person AND held.since <= part.position
    WHERE part.ledger = in_ledger AND (
        part.position IN (SELECT substr(s, 7)::bigint FROM unnest(subjects) AS s WHERE s ~ '^entry/[0-9]{1,18}$')
        OR part.person IN (SELECT substr(s, 8) FROM unnest(subjects) AS s WHERE s LIKE 'person/%')
    )
    ORDER BY part.position, part.ordinal;
END $$;
COMMENT ON FUNCTION ledger.open_sealed IS 'sealed parts and keys of what these lines of ledger.look name: entry/<position>, person/<pseudonym>';
REVOKE EXECUTE ON FUNCTION ledger.open_sealed FROM PUBLIC;
