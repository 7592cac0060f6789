"""Who may do what on the broker (权限矩阵), as data: the users of a system and their rights.

Kafka gives everybody else nothing. Nobody may delete, alter or trim any topic: those are rights of
the administrator, whose user is in no list here. A right to read or write includes to describe.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from infra.kafka.topics import (
    intake_topic,
    journal_topic,
    ledger_topic,
    quarantine_topic,
    receipts_topic,
)

SERVICES = {
    "intake": "接收 / takes events in",
    "relay": "发布 / publishes the ledger",
    "projector": "投影 / reads the ledger",
    "gateway": "网关 / puts down what comes over HTTP",
    "operator": "运维 / reconcile, restore, doctor, receipts resend",
}
"""Service → what it is for: each has a user of its own."""


class Right(NamedTuple):
    """One user, one operation, one topic, group or cluster; `whole` or all names that begin so."""

    user: str
    operation: str
    kind: str
    name: str
    whole: bool = True

    def __str__(self) -> str:
        return f"{self.user} {self.words}"

    @property
    def words(self) -> str:
        """What it allows; a star stands for all names that begin so."""
        return f"{self.operation} {self.kind} {self.name}{'' if self.whole else '*'}"


def service_user(service: str, prefix: str) -> str:
    return f"{prefix}.service.{service}"


def source_user(source: str, prefix: str) -> str:
    return f"{prefix}.source.{source}"


def users(sources: Iterable[str], prefix: str) -> list[str]:
    """All users of a system, its services first."""
    ours = [service_user(service, prefix) for service in SERVICES]
    return ours + [source_user(source, prefix) for source in sorted(sources)]


def is_ours(user: str, prefix: str) -> bool:
    """Whether it is a user of this system, of today or of before; others are never touched."""
    return user.startswith((service_user("", prefix), source_user("", prefix)))


def rights(sources: Iterable[str], ledgers: Iterable[str], prefix: str) -> list[Right]:
    """All rights there are, of these sources and of the services of these ledgers."""
    of_services = [
        Right(service_user(service, prefix), *right)
        for service, right in _of_services(list(ledgers), prefix)
    ]
    return of_services + [
        Right(source_user(source, prefix), *right)
        for source in sorted(sources)
        for right in _of_source(source, prefix)
    ]


def _of_source(source: str, prefix: str) -> Iterator[tuple[str, str, str, bool]]:
    yield "Write", "Topic", intake_topic(source, prefix), True
    yield "Read", "Topic", receipts_topic(source, prefix), True
    # The dot ends the name: `payouts.` is no beginning of another source's groups.
    yield "Read", "Group", f"{source_user(source, prefix)}.", False


def _of_services(
    ledgers: Iterable[str], prefix: str
) -> Iterator[tuple[str, tuple[str, str, str, bool]]]:
    intakes, receipts = f"{prefix}.intake.", f"{prefix}.receipts."
    # Settings of topics are looked at at every start, and those of a new source are made.
    for service in SERVICES:
        if service != "projector":  # which looks at no topic of a source
            for operation in ("Describe", "DescribeConfigs", "Create"):
                yield service, (operation, "Topic", f"{prefix}.", False)
    yield "intake", ("Read", "Topic", intakes, False)
    yield "gateway", ("Write", "Topic", intakes, False)
    yield "relay", ("Write", "Topic", quarantine_topic(prefix), True)
    for operation in ("Describe", "DescribeConfigs"):
        yield "projector", (operation, "Topic", quarantine_topic(prefix), True)
    yield "relay", ("Write", "Topic", receipts, False)
    yield "operator", ("Read", "Topic", f"{prefix}.", False)
    yield "operator", ("Write", "Topic", receipts, False)
    yield "operator", ("DescribeConfigs", "Cluster", CLUSTER, True)
    for ledger in ledgers:
        entries, journal = ledger_topic(ledger, prefix), journal_topic(ledger, prefix)
        yield "intake", ("Read", "Group", f"{prefix}.intake.{ledger}", True)
        for topic in (entries, journal):
            yield "relay", ("Write", "Topic", topic, True)
            yield "relay", ("Read", "Topic", topic, True)  # where it ends
        yield "projector", ("Read", "Topic", entries, True)
        for operation in ("Describe", "DescribeConfigs"):
            for topic in (entries, journal):
                yield "projector", (operation, "Topic", topic, True)


IN_ORDER = ("Read", "Write", "Create", "Describe", "DescribeConfigs")
CLUSTER = "kafka-cluster"
"""Kafka's own name for itself."""
TOPICS = ("intake.<source>", "ledger.<division>", "journal.<division>", "quarantine",
          "receipts.<source>")  # fmt: skip


def table(prefix: str) -> str:
    """The matrix as Markdown, for docs/kafka.md: user by topic."""
    one, ledger = "x", "0"
    topics = (intake_topic(one, prefix), ledger_topic(ledger, prefix),
              journal_topic(ledger, prefix), quarantine_topic(prefix),
              receipts_topic(one, prefix))  # fmt: skip
    given = rights([one], [ledger], prefix)
    lines = [
        "| user | " + " | ".join(f"`{topic}`" for topic in TOPICS) + " |",
        "|" + "---|" * (1 + len(TOPICS)),
    ]
    for user in users([one], prefix):
        cells = [
            ", ".join(
                operation
                for operation in IN_ORDER
                if any(
                    right.user == user and right.operation == operation
                    for right in given
                    if covers(right, "Topic", topic)
                )
            )
            for topic in topics
        ]
        name = user.replace(source_user(one, prefix), source_user("<source>", prefix))
        lines.append(f"| `{name}` | " + " | ".join(cell or "–" for cell in cells) + " |")
    return "\n".join(lines)


def covers(right: Right, kind: str, name: str) -> bool:
    """Whether a right is one on this topic, group or cluster."""
    if right.kind != kind:
        return False
    return name == right.name if right.whole else name.startswith(right.name)
