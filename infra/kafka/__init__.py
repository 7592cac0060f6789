"""Apache Kafka: the topics with their settings, and a local broker for tests."""
