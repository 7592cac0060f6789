"""What may happen: one module per business line, without I/O."""
