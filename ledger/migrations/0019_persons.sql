-- Persons' keys are wrapped by a master key; each says from which entry on it seals what is told of
-- its person. What was sealed before somebody was forgotten is opened by no later key.

ALTER TABLE ledger.person_key ADD COLUMN master text;
ALTER TABLE ledger.person_key ADD COLUMN since bigint NOT NULL DEFAULT 0;
CREATE INDEX person_key_master ON ledger.person_key (ledger, master);
COMMENT ON TABLE ledger.person_key IS 'one AES key per person; forgetting the person deletes the row and changes no hash';
COMMENT ON COLUMN ledger.person_key.key IS 'the key (32 bytes), wrapped by the master key that is named beside it';
COMMENT ON COLUMN ledger.person_key.master IS 'id of the master key; NULL: not wrapped, as older releases stored it, until that is made up for';
COMMENT ON COLUMN ledger.person_key.since IS 'position of the first entry whose part it sealed';

CREATE INDEX journal_persons ON ledger.journal (ledger, subject, number) WHERE kind IN
    ('person-forget-ordered', 'person-forgotten', 'person-restricted', 'person-unrestricted', 'hold-set', 'hold-released');
