"""Audit rules: what breaks a rule of law at a moment, worked out from the read models."""
