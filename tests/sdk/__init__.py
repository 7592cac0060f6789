"""The CloudEvents SDKs of others, with their defaults, and what they make of our events."""
