"""What we stand on: ledger store, Kafka, PostgreSQL, settings, command line."""
