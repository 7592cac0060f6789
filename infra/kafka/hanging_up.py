"""Ending a connection with TLS at once.

A broker answers no farewell of TLS, and uvloop waits half a minute for one, for each connection of
each client. Nothing is lost: a client ends its connections when all that it asked was answered.
"""

from __future__ import annotations

from typing import Any

from aiokafka.conn import AIOKafkaConnection

_close = AIOKafkaConnection.close


def install() -> None:
    """Let every client of this process do so."""
    AIOKafkaConnection.close = _hang_up


def _hang_up(self: Any, *arguments: Any, **options: Any) -> Any:
    writer = self._writer
    closed = _close(self, *arguments, **options)
    if writer is not None and self._security_protocol.endswith("SSL"):
        writer.transport.abort()
    return closed
