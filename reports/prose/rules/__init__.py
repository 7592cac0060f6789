"""Rules about prose, by what they look at; each registers itself on import."""
