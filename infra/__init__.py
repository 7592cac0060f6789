"""What we stand on: settings, PostgreSQL, Kafka, logging, metrics, probes."""
