"""Helpers of the tests: writing events as a vendor would, and a ledger to send them to."""
