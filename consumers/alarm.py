"""What ends a service and waits for people."""

from __future__ import annotations


class Alarm(Exception):
    """The record is in danger: the process ends, and people decide. The message is for them."""


class UnsafeSettings(Alarm):
    """A setting under which acknowledged events can be lost; the service does not start."""


class UnsafeTopics(Alarm):
    """Topics are not as the record needs them."""


class Stuck(Alarm):
    """There is work, and it does not go on: what runs the service starts it again."""
