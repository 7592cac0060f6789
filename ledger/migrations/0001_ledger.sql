-- The ledger: accepted events, what waits, what cannot be accepted, and the state beside them.
-- Entries and sealed parts are append-only: a trigger refuses UPDATE, DELETE and TRUNCATE.

CREATE TABLE ledger.ledger (
    ledger            text PRIMARY KEY,
    kind              text NOT NULL CHECK (kind IN ('live', 'replay')),
    sample            boolean NOT NULL,
    position          bigint NOT NULL DEFAULT 0,
    last_recorded_at  timestamptz,
    parked            bigint NOT NULL DEFAULT 0,
    quarantined       bigint NOT NULL DEFAULT 0,
    restoring         boolean NOT NULL DEFAULT false
);
COMMENT ON TABLE ledger.ledger IS 'one row per division: the counters of dense numbers, locked by every append';
COMMENT ON COLUMN ledger.ledger.restoring IS 'entries are being restored from the topic: nothing may be taken in until that is done';

CREATE TABLE ledger.entry (
    ledger       text NOT NULL,
    position     bigint NOT NULL,
    recorded_at  timestamptz NOT NULL,
    source       text NOT NULL,
    event_id     text NOT NULL,
    type         text NOT NULL,
    stream       text NOT NULL,
    version      integer NOT NULL,
    open         bytea NOT NULL,
    digest       bytea NOT NULL,
    breaches     text[],
    PRIMARY KEY (ledger, position)
);
CREATE UNIQUE INDEX entry_event ON ledger.entry (source, event_id);
CREATE UNIQUE INDEX entry_stream ON ledger.entry (ledger, stream, version);
COMMENT ON COLUMN ledger.entry.open IS 'the received bytes, or the event without its personal fields, made once at acceptance';
COMMENT ON COLUMN ledger.entry.digest IS 'HMAC-SHA256 of the received bytes under the ledger secret';
COMMENT ON COLUMN ledger.entry.breaches IS 'what was unlawful about the fact, as judged at acceptance';

CREATE TABLE ledger.sealed_part (
    ledger    text NOT NULL,
    position  bigint NOT NULL,
    ordinal   smallint NOT NULL,
    person    text NOT NULL,
    sealed    bytea NOT NULL,
    PRIMARY KEY (ledger, position, ordinal)
);
COMMENT ON COLUMN ledger.sealed_part.sealed IS 'nonce (12 bytes) and AES-256-GCM of the person''s fields; associated data = SHA-256 of the open part';

CREATE TABLE ledger.person_key (
    ledger  text NOT NULL,
    person  text NOT NULL,
    key     bytea NOT NULL,
    PRIMARY KEY (ledger, person)
);
COMMENT ON TABLE ledger.person_key IS 'one AES key per person; deleting the row forgets the person and changes no hash';

CREATE TABLE ledger.stream_state (
    ledger   text NOT NULL,
    stream   text NOT NULL,
    version  integer NOT NULL,
    state    bytea NOT NULL,
    PRIMARY KEY (ledger, stream)
) WITH (fillfactor = 85);
COMMENT ON TABLE ledger.stream_state IS 'state of long streams at a version; what came after is folded from the entries';

CREATE TABLE ledger.parked (
    ledger       text NOT NULL,
    source       text NOT NULL,
    event_id     text NOT NULL,
    number       bigint NOT NULL,
    waits_for    text NOT NULL,
    type         text NOT NULL,
    parked_at    timestamptz NOT NULL,
    digest       bytea NOT NULL,
    sealed       bytea NOT NULL,
    origin       text NOT NULL,
    position     bigint NOT NULL,
    claims_fen   bigint,
    claims_on    date NOT NULL,
    taken_at     bigint,
    PRIMARY KEY (source, event_id)
);
CREATE INDEX parked_waits ON ledger.parked (ledger, waits_for) WHERE taken_at IS NULL;
COMMENT ON COLUMN ledger.parked.waits_for IS 'stream:<name> or event:<source>/<id>';
COMMENT ON COLUMN ledger.parked.position IS 'position of the ledger when it was put aside';
COMMENT ON COLUMN ledger.parked.claims_on IS 'business date it claims: settled_on, else the day of its time, else that of receipt';
COMMENT ON COLUMN ledger.parked.taken_at IS 'position at which it was accepted at last';

CREATE TABLE ledger.quarantine (
    ledger       text NOT NULL,
    number       bigint NOT NULL,
    received_at  timestamptz NOT NULL,
    reason       text NOT NULL,
    pointer      text NOT NULL,
    expected     text NOT NULL,
    source       text,
    event_id     text,
    type         text,
    position     bigint NOT NULL,
    claims_fen   bigint,
    claims_on    date NOT NULL,
    digest       bytea NOT NULL,
    size         bigint NOT NULL,
    sealed       bytea NOT NULL,
    origin       text NOT NULL,
    released_by  text,
    released_at  bigint,
    PRIMARY KEY (ledger, digest)
);
COMMENT ON COLUMN ledger.quarantine.digest IS 'HMAC-SHA256 of the received bytes: the same bytes are quarantined once';
COMMENT ON COLUMN ledger.quarantine.position IS 'position of the ledger when it was put aside';
COMMENT ON COLUMN ledger.quarantine.claims_on IS 'business date it claims, as in ledger.parked';
COMMENT ON COLUMN ledger.quarantine.released_at IS 'position of the ledger at its release';
COMMENT ON COLUMN ledger.quarantine.released_by IS '<source>/<id> of the event that repaired it';

CREATE TABLE ledger.source_offset (
    topic        text NOT NULL,
    partition    integer NOT NULL,
    next_offset  bigint NOT NULL,
    epoch        bigint NOT NULL,
    accepted     bigint NOT NULL DEFAULT 0,
    duplicate    bigint NOT NULL DEFAULT 0,
    parked       bigint NOT NULL DEFAULT 0,
    quarantined  bigint NOT NULL DEFAULT 0,
    skipped      bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (topic, partition)
);
COMMENT ON COLUMN ledger.source_offset.parked IS 'records of this partition that wait now; one taken later moves to accepted';
COMMENT ON COLUMN ledger.source_offset.skipped IS 'offsets without an event: transaction marks, and what people chose to go past; next_offset is the sum of the five';
COMMENT ON TABLE ledger.source_offset IS 'where intake goes on, moved in the same transaction as the entries; epoch fences zombies';

CREATE TABLE ledger.relayed (
    ledger  text NOT NULL,
    what    text NOT NULL CHECK (what IN ('accepted', 'parked', 'quarantined')),
    number  bigint NOT NULL,
    PRIMARY KEY (ledger, what)
);
COMMENT ON TABLE ledger.relayed IS 'how far receipts and quarantine notices are published; entries say so in their topic';

CREATE FUNCTION ledger.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'ledger.% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.entry
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER sealed_part_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.sealed_part
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
