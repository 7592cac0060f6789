"""What ends a service and waits for people."""

from __future__ import annotations


class Alarm(Exception):
    """The record is in danger: the process ends, and people decide. The message is for them."""
