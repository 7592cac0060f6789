-- Texts that are shown no more (隐去文字) stand in the journal; every view asks for them.

CREATE INDEX journal_withheld ON ledger.journal (ledger, number) WHERE kind IN ('text-withheld', 'text-shown-again');
