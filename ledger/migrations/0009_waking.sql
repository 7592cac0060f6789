-- However many wait for one event, a transaction wakes a bounded number of them, in their order.

CREATE TABLE ledger.waking (
    ledger        text NOT NULL,
    depth         integer NOT NULL,
    prerequisite  text NOT NULL,
    after         bigint NOT NULL,
    PRIMARY KEY (ledger, depth)
);
COMMENT ON TABLE ledger.waking IS 'what has arrived while not all that was parked for it is woken; the deepest comes first';
COMMENT ON COLUMN ledger.waking.after IS 'the last number that was woken for it';
DROP INDEX ledger.parked_waits;
CREATE INDEX parked_waits ON ledger.parked (ledger, waits_for, number) WHERE taken_at IS NULL;
CREATE INDEX parked_lacking ON ledger.parked (ledger, number) WHERE sealed IS NULL;
CREATE INDEX quarantine_lacking ON ledger.quarantine (ledger, number) WHERE sealed IS NULL;
