"""Renderers: the same tree gives the same bytes."""
