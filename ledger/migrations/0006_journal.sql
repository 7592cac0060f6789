-- The journal: a ledger's second dense log, of all that is not an entry. What is aside by now begins it:
-- a record for each row put there and each one settled, in their order, with the times that the rows
-- name as far as recording times never decrease. They get their macs when the ledger is next opened.

CREATE TABLE ledger.journal (
    ledger       text NOT NULL,
    number       bigint NOT NULL,
    recorded_at  timestamptz NOT NULL,
    position     bigint NOT NULL,
    kind         text NOT NULL,
    subject      text NOT NULL,
    by           text,
    why          text,
    detail       bytea NOT NULL,
    mac          bytea,
    PRIMARY KEY (ledger, number)
);
CREATE INDEX journal_subject ON ledger.journal (ledger, subject, number);
DO $$ DECLARE who text; BEGIN
    FOR who IN SELECT CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END
        FROM pg_class, aclexplode(relacl)
        WHERE pg_class.oid = 'ledger.parked'::regclass AND privilege_type = 'SELECT'
    LOOP
        EXECUTE 'GRANT SELECT ON ledger.journal TO ' || who;
    END LOOP;
END $$;
COMMENT ON TABLE ledger.journal IS 'all that happened in a ledger and is not an entry; append-only';
COMMENT ON COLUMN ledger.journal.position IS 'position of the ledger then';
COMMENT ON COLUMN ledger.journal.subject IS 'what it is about: parked/<number>, quarantine/<number>, <topic>/<partition>, read-models';
COMMENT ON COLUMN ledger.journal.by IS 'the person who did it; null where nobody did';
COMMENT ON COLUMN ledger.journal.detail IS 'the facts, as JSON with sorted keys; no content';
COMMENT ON COLUMN ledger.journal.mac IS 'keyed hash of all other columns; null until the ledger is opened after an upgrade';

ALTER TABLE ledger.ledger ADD COLUMN journal bigint NOT NULL DEFAULT 0;
ALTER TABLE ledger.parked
    ALTER COLUMN sealed DROP NOT NULL,
    ADD COLUMN journal_from bigint,
    ADD COLUMN journal_to bigint;
ALTER TABLE ledger.quarantine
    ALTER COLUMN sealed DROP NOT NULL,
    ADD COLUMN journal_from bigint,
    ADD COLUMN journal_to bigint;
COMMENT ON COLUMN ledger.parked.sealed IS 'the bytes; null where only the journal told of them, until they come again';
COMMENT ON COLUMN ledger.parked.journal_from IS 'number of the journal record that says it was put aside';
COMMENT ON COLUMN ledger.parked.journal_to IS 'number of the one that says it waits no more';
COMMENT ON COLUMN ledger.quarantine.sealed IS 'the bytes; null where only the journal told of them, until they come again';
COMMENT ON COLUMN ledger.quarantine.journal_from IS 'number of the journal record that says it was refused';
COMMENT ON COLUMN ledger.quarantine.journal_to IS 'number of the one that says it was repaired or discarded';

CREATE TEMP TABLE told ON COMMIT DROP AS
WITH happened AS (
    SELECT ledger, position, 1 AS stage, parked_at AS at, number, 'parked' AS kind,
        'parked/' || number AS subject,
        '{"claims_fen":' || coalesce(claims_fen::text, 'null')
        || ',"claims_on":"' || claims_on
        || '","digest":"' || encode(digest, 'hex')
        || '","event_id":' || to_json(event_id)
        || ',"number":' || number
        || ',"origin":' || to_json(origin)
        || ',"received_at":"' || to_char(parked_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US')
        || '+00:00","sealed":"' || encode(sha256(sealed), 'hex')
        || '","source":' || to_json(source)
        || ',"type":' || to_json(type)
        || ',"waits_for":' || to_json(waits_for) || '}' AS detail
    FROM ledger.parked
    UNION ALL
    SELECT ledger, position, 1, received_at, number, 'refused', 'quarantine/' || number,
        '{"claims_fen":' || coalesce(claims_fen::text, 'null')
        || ',"claims_on":"' || claims_on
        || '","digest":"' || encode(digest, 'hex')
        || '","event_id":' || coalesce(to_json(event_id)::text, 'null')
        || ',"expected":' || to_json(expected)
        || ',"number":' || number
        || ',"origin":' || to_json(origin)
        || ',"pointer":' || to_json(pointer)
        || ',"reason":' || to_json(reason)
        || ',"received_at":"' || to_char(received_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US')
        || '+00:00","sealed":"' || encode(sha256(sealed), 'hex')
        || '","size":' || size
        || ',"source":' || coalesce(to_json(source)::text, 'null')
        || ',"type":' || coalesce(to_json(type)::text, 'null') || '}'
    FROM ledger.quarantine
    UNION ALL
    SELECT ledger, taken_at, CASE WHEN position < taken_at THEN 0 ELSE 2 END, parked_at, number,
        CASE WHEN entered THEN 'taken-up' ELSE 'refused' END,
        'parked/' || number,
        '{' || CASE WHEN entered THEN '"entry":' || taken_at || ',' ELSE '' END
        || '"number":' || number || '}'
    FROM (
        SELECT *, EXISTS (
            SELECT FROM ledger.entry WHERE entry.ledger = parked.ledger
            AND entry.source = parked.source AND entry.event_id = parked.event_id
            AND entry.position <= taken_at
        ) AS entered
        FROM ledger.parked WHERE taken_at IS NOT NULL
    )
    UNION ALL
    SELECT ledger, released_at, CASE WHEN position < released_at THEN 0 ELSE 2 END, received_at, number,
        'taken-up', 'quarantine/' || number,
        '{"event":' || to_json(released_by) || ',"number":' || number || '}'
    FROM ledger.quarantine WHERE released_at IS NOT NULL
), within AS (
    SELECT happened.*, least(greatest(at, this.recorded_at), next.recorded_at) AS clipped
    FROM happened
    LEFT JOIN ledger.entry AS this USING (ledger, position)
    LEFT JOIN ledger.entry AS next
        ON next.ledger = happened.ledger AND next.position = happened.position + 1
), numbered AS (
    SELECT *,
        row_number() OVER told AS told,
        max(clipped) OVER (told ROWS UNBOUNDED PRECEDING) AS recorded_at
    FROM within
    WINDOW told AS (PARTITION BY ledger ORDER BY position, stage, clipped, subject)
)
SELECT ledger, told AS number, recorded_at, position, kind, subject, stage, detail FROM numbered;

INSERT INTO ledger.journal (ledger, number, recorded_at, position, kind, subject, detail)
    SELECT ledger, number, recorded_at, position, kind, subject, convert_to(detail, 'UTF8')
    FROM told ORDER BY ledger, number;
UPDATE ledger.ledger SET journal = last, last_recorded_at = greatest(last_recorded_at, latest)
    FROM (SELECT ledger AS name, max(number) AS last, max(recorded_at) AS latest FROM told GROUP BY 1)
    WHERE ledger = name;
UPDATE ledger.parked SET journal_from = told.number FROM told
    WHERE told.ledger = parked.ledger AND subject = 'parked/' || parked.number AND stage = 1;
UPDATE ledger.parked SET journal_to = told.number FROM told
    WHERE told.ledger = parked.ledger AND subject = 'parked/' || parked.number AND stage <> 1;
UPDATE ledger.quarantine SET journal_from = told.number FROM told
    WHERE told.ledger = quarantine.ledger AND subject = 'quarantine/' || quarantine.number AND stage = 1;
UPDATE ledger.quarantine SET journal_to = told.number FROM told
    WHERE told.ledger = quarantine.ledger AND subject = 'quarantine/' || quarantine.number AND stage <> 1;
ALTER TABLE ledger.parked ALTER COLUMN journal_from SET NOT NULL;
ALTER TABLE ledger.quarantine ALTER COLUMN journal_from SET NOT NULL;
DROP TABLE told;

CREATE FUNCTION ledger.add_mac_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.mac IS NULL AND NEW.mac IS NOT NULL
        AND to_jsonb(OLD) - 'mac' = to_jsonb(NEW) - 'mac' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'ledger.journal is append-only' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER journal_append_only BEFORE DELETE OR TRUNCATE ON ledger.journal
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER journal_mac_once BEFORE UPDATE ON ledger.journal
    FOR EACH ROW EXECUTE FUNCTION ledger.add_mac_only();
