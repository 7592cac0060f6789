-- Who works with the ledger (用户) stands in the journal, like keys of sources; services ask at every request.
-- What they asked for is kept for at least six months (访问日志): only what is older can be deleted.

CREATE INDEX journal_users ON ledger.journal (ledger, number)
    WHERE kind IN ('user-admitted', 'user-changed', 'user-dismissed', 'token-issued');

CREATE TABLE ledger.access (
    ledger        text NOT NULL,
    number        bigint GENERATED ALWAYS AS IDENTITY,
    at            timestamptz NOT NULL,
    who           text,
    role          text,
    address       text NOT NULL,
    method        text NOT NULL,
    path          text NOT NULL,
    status        integer NOT NULL,
    milliseconds  integer NOT NULL,
    remark        text,
    PRIMARY KEY (ledger, number)
);
CREATE INDEX access_at ON ledger.access (ledger, at);
CREATE FUNCTION ledger.refuse_young() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.at > clock_timestamp() - interval '6 months' THEN
        RAISE EXCEPTION 'access logs are kept for six months';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER access_append_only BEFORE UPDATE OR TRUNCATE ON ledger.access
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER access_kept BEFORE DELETE ON ledger.access
    FOR EACH ROW EXECUTE FUNCTION ledger.refuse_young();
COMMENT ON TABLE ledger.access IS 'every request of the inside view, and who made it; append-only for six months';
COMMENT ON COLUMN ledger.access.who IS 'the user; null where nobody had signed in';
COMMENT ON COLUMN ledger.access.address IS 'the network address of the reader';
COMMENT ON COLUMN ledger.access.path IS 'without query, and without what may be a personal number';
COMMENT ON COLUMN ledger.access.milliseconds IS 'until the answer began';
COMMENT ON COLUMN ledger.access.remark IS 'what else is to be noted: signed-in, sign-in-failed, signed-out, out-of-scope …';
