-- Who looked at a record that names a person, and for what purpose (查阅留痕). A line is written before
-- anything is shown, and nobody changes one.

CREATE TABLE ledger.look (
    ledger         text NOT NULL,
    number         bigint GENERATED ALWAYS AS IDENTITY,
    at             timestamptz NOT NULL DEFAULT clock_timestamp(),
    who            text NOT NULL,
    role           text NOT NULL,
    purpose        text NOT NULL,
    subject        text NOT NULL,
    database_user  text NOT NULL DEFAULT session_user,
    PRIMARY KEY (ledger, number)
);
CREATE INDEX look_subject ON ledger.look (ledger, subject);
CREATE TRIGGER look_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.look
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
COMMENT ON TABLE ledger.look IS 'who looked at a record that names a person, and for what purpose';
COMMENT ON COLUMN ledger.look.role IS 'in what capacity: auditor, staff, operator …';
COMMENT ON COLUMN ledger.look.subject IS 'what was looked at: person/<pseudonym>, entry/<position>, parked/<number>, quarantine/<number>';
COMMENT ON COLUMN ledger.look.database_user IS 'the role of the database by which it was read';
