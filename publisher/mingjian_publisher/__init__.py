"""Sends events to a Mingjian 明鉴 ledger, so that none is lost and none is told twice.

Make events (`event`), have them checked beforehand (`Contracts`), keep them in an outbox until the
ledger has said what became of each (`Outbox`, `deliver`), and send them over HTTP (`Gateway`) or
Kafka (`mingjian_publisher.kafka`). Needs nothing but the standard library; extras: kafka, lint.
"""

from mingjian_publisher.events import Event, event, read_lines, to_bytes
from mingjian_publisher.gateway import Gateway, Refused, Unreachable
from mingjian_publisher.lint import Contracts, Fault
from mingjian_publisher.outbox import Outbox, Sent, deliver

__all__ = [
    "Contracts",
    "Event",
    "Fault",
    "Gateway",
    "Outbox",
    "Refused",
    "Sent",
    "Unreachable",
    "deliver",
    "event",
    "read_lines",
    "to_bytes",
]
