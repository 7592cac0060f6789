-- Keys of sources stand in the journal; a service reads them every few seconds.

CREATE INDEX journal_keys ON ledger.journal (ledger, number) WHERE kind IN ('key-issued', 'key-revoked');
