"""What an operator does to a ledger: reconcile, restore, rebuild, keep its keys."""
