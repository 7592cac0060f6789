"""What runs: intake, relay and projector."""
