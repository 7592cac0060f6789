"""The ledger on PostgreSQL: sealing, storing, and taking events in."""
