"""What a publisher builds against, derived from the classes of events and the bureau's folder."""
