"""What a restore must not do."""

from __future__ import annotations


class Refused(Exception):
    """Topic or database hold something a restore must not build on. The message is for people."""
