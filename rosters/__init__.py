"""Rosters (花名册): what a source exports each month, compared with the ledger, becomes events."""
