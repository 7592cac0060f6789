"""What can be read: one module per read model."""
