-- Which fact a correction leads back to, so that a fact is found with all that was said of it later
-- without reading its stream. Worked out from the entries alone.

CREATE TABLE ledger.correction (
    ledger    text NOT NULL,
    position  bigint NOT NULL,
    root      bigint NOT NULL,
    PRIMARY KEY (ledger, position)
);
CREATE INDEX correction_root ON ledger.correction (ledger, root);
COMMENT ON TABLE ledger.correction IS 'entries that change or revoke a fact (not: recover), also by way of other corrections';
COMMENT ON COLUMN ledger.correction.root IS 'position of the fact, which corrects nothing itself';

WITH RECURSIVE told AS (
    SELECT ledger, position, strpos(message ->> 'corrects', '/') AS slash, message ->> 'corrects' AS name
    FROM (
        SELECT ledger, position, convert_from(open, 'UTF8')::jsonb AS message
        FROM ledger.entry
        WHERE position('"corrects"'::bytea IN open) > 0 OR position('\\u'::bytea IN open) > 0
    ) AS entry
    WHERE message ->> 'correctionkind' IN ('changed', 'revoked')
), link AS MATERIALIZED (
    SELECT told.ledger, told.position, target.position AS target
    FROM told JOIN ledger.entry AS target ON target.ledger = told.ledger
        AND target.source = left(name, slash - 1) AND target.event_id = substr(name, slash + 1)
), thread AS (
    SELECT ledger, position, target AS root FROM link
    WHERE NOT EXISTS (
        SELECT FROM link AS other WHERE other.ledger = link.ledger AND other.position = link.target
    )
    UNION ALL
    SELECT link.ledger, link.position, root
    FROM thread JOIN link ON link.ledger = thread.ledger AND link.target = thread.position
)
INSERT INTO ledger.correction (ledger, position, root) SELECT ledger, position, root FROM thread;

-- Payments are most of a ledger and decide nothing.
CREATE INDEX entry_decision ON ledger.entry (ledger, stream, type)
    WHERE type <> 'assistance.payment-settled.v1';

ALTER TABLE ledger.stream_state ADD COLUMN form smallint NOT NULL DEFAULT 1;
COMMENT ON COLUMN ledger.stream_state.form IS 'how the state is written; a row of another form than the program writes is not read';
