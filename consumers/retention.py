"""Whether a topic still holds what was not taken in from it, and is the one that it was."""

from __future__ import annotations

from infra.alarm import Alarm
from ledger import offsets
from ledger.records import Partition


class EventsGone(Alarm):
    """The broker no longer has events that were not yet taken in."""


class TopicReset(Alarm):
    """A topic ends before the offset up to which it was taken in: it is not the same topic."""


def still_there(partition: Partition, expected: int, start: int) -> None:
    """Raises EventsGone where a partition begins after the offset that is expected next."""
    if start > expected:
        topic, number = partition
        raise EventsGone(
            f"{topic}/{number}: offsets {expected} to {start - 1} were deleted before they were"
            f" taken in; ask the source to send them again, and to go on there"
            f" knowingly: {offsets.by_hand(partition, start)}"
        )


def same_topic(partition: Partition, expected: int, end: int) -> None:
    """Raises TopicReset where it ends before that."""
    if end < expected:
        topic, number = partition
        raise TopicReset(
            f"{topic}/{number} ends at {end}, but was taken in up to {expected}: the topic or"
            f" the broker was replaced, or has lost events; to go on there knowingly:"
            f" {offsets.by_hand(partition, 0)}"
        )
