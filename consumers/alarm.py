"""What ends a service on Kafka and waits for people; each is explained in docs/operating.md."""

from __future__ import annotations

from infra.alarm import Alarm


class UnsafeSettings(Alarm):
    """A setting under which acknowledged events can be lost; the service does not start."""


class UnsafeTopics(Alarm):
    """Topics are not as the record needs them."""


class Stuck(Alarm):
    """There is work, and it does not go on: what runs the service starts it again."""
