"""Attackers: who reads all that is public, and works out what is not."""
