-- Entries of form 2 keep where each person's bytes were cut out of what was received, so that it can
-- be put together again, the keyed hash of their value, and a leaf with its code: nobody without the
-- ledger secret can make one that fits. What entries of form 1 lack of that stands beside them.

ALTER TABLE ledger.entry
    ADD COLUMN form smallint NOT NULL DEFAULT 1,
    ADD COLUMN content bytea,
    ADD COLUMN leaf bytea,
    ADD COLUMN mac bytea;
COMMENT ON COLUMN ledger.entry.open IS 'the received bytes; where they name persons, a pseudonym and flags stand in the place of each';
COMMENT ON COLUMN ledger.entry.form IS 'how the entry is stored: 1 before 0.2.0, 2 since';
COMMENT ON COLUMN ledger.entry.content IS 'HMAC-SHA256 of the value in the received bytes, written as RFC 8785 asks: the same for the same fact in other bytes';
COMMENT ON COLUMN ledger.entry.leaf IS 'SHA-256 of all that is stored of the entry (docs/decisions/0018)';
COMMENT ON COLUMN ledger.entry.mac IS 'HMAC-SHA256 of the leaf under a key of the ledger secret';

ALTER TABLE ledger.sealed_part
    ADD COLUMN start integer,
    ADD COLUMN length integer;
COMMENT ON COLUMN ledger.sealed_part.start IS 'first byte in the open part that the sealed bytes give way to; NULL in form 1';
COMMENT ON COLUMN ledger.sealed_part.length IS 'how many bytes stand there in their place';

CREATE TABLE ledger.first_form (
    ledger    text NOT NULL,
    position  bigint NOT NULL,
    leaf      bytea NOT NULL,
    mac       bytea NOT NULL,
    content   bytea,
    PRIMARY KEY (ledger, position)
);
COMMENT ON TABLE ledger.first_form IS 'what entries of form 1 lack; filled when the database is upgraded, or restored';
COMMENT ON COLUMN ledger.first_form.content IS 'as in ledger.entry; NULL where a person''s key was gone by then';
CREATE TRIGGER first_form_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.first_form
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

ALTER TABLE ledger.ledger ADD COLUMN head bytea;
COMMENT ON COLUMN ledger.ledger.head IS 'HMAC-SHA256 of the counters and of the code of the last entry: what is cut off at the end is seen; NULL while entries are restored';
