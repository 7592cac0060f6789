"""Whether what a ledger holds is what was recorded: everything worked out again and compared."""
