"""How clients reach the broker: where it is, as whom, and whose certificates they believe.

Every client of ours, of aiokafka or FastStream, gets its arguments from here.
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from infra.alarm import Alarm
from infra.kafka import hanging_up
from infra.settings import Settings

if TYPE_CHECKING:
    from faststream.security import BaseSecurity

MECHANISM = "SCRAM-SHA-512"
ANONYMOUS = "ANONYMOUS"
"""Kafka's name for whoever has none."""
LOOPBACK = ("127.", "localhost", "[::1]", "::1")


class Unsecured(LookupError):
    """A live ledger on another machine's broker, in clear and as nobody, and nobody said so."""

    def __init__(self, servers: str) -> None:
        super().__init__(
            f"正式账本不以明文连接其他机器上的 Kafka（{servers}）：设 MINGJIAN_KAFKA_USER、"
            "MINGJIAN_KAFKA_PASSWORD_FILE、MINGJIAN_KAFKA_CA_FILE；确要明文的，设"
            " MINGJIAN_KAFKA_SECURITY=PLAINTEXT"
            " / a live ledger does not speak in clear to the broker of another machine:"
            " name a user, or say MINGJIAN_KAFKA_SECURITY=PLAINTEXT (docs/kafka.md)"
        )


@dataclass(frozen=True, slots=True)
class Bootstrap:
    """The addresses at which clients begin, and what they say there; without a user, in clear."""

    servers: str
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    ca_file: Path | None = None

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """As the settings say. Raises LookupError without a broker, and Unsecured."""
        if settings.kafka is None:
            raise LookupError("MINGJIAN_KAFKA is not set: give the broker's address, host:port")
        made = cls(
            settings.kafka, settings.kafka_user, settings.kafka_password, settings.kafka_ca_file
        )
        if not (made.secure or settings.sample or settings.kafka_security or made.on_this_machine):
            raise Unsecured(made.servers)
        return made

    def __str__(self) -> str:
        return self.servers

    @property
    def secure(self) -> bool:
        """Whether clients speak TLS, and say who they are."""
        return self.user is not None

    @property
    def on_this_machine(self) -> bool:
        return all(each.strip().startswith(LOOPBACK) for each in self.servers.split(","))

    @property
    def principal(self) -> str:
        """Whom the broker takes us for."""
        return f"User:{self.user or ANONYMOUS}"

    def options(self) -> dict[str, Any]:
        """The arguments that every client of aiokafka needs."""
        where = {"bootstrap_servers": self.servers}
        if not self.secure:
            return where
        hanging_up.install()
        return where | {
            "security_protocol": "SASL_SSL",
            "ssl_context": trusting(self.ca_file),
            "sasl_mechanism": MECHANISM,
            "sasl_plain_username": self.user,
            "sasl_plain_password": self.password,
        }

    def security(self) -> BaseSecurity | None:
        """The same for a broker of FastStream, which takes the addresses by themselves."""
        if self.user is None or self.password is None:
            return None
        from faststream.security import SASLScram512  # noqa: PLC0415  commands do without

        hanging_up.install()
        return SASLScram512(
            self.user, self.password, ssl_context=trusting(self.ca_file), use_ssl=True
        )


class NotLetIn(Alarm):
    """The broker, or whoever answers in its place, and this client do not agree on who they are.

    Waiting mends nothing: the message says what to look at.
    """


@cache
def trusting(ca_file: Path | None) -> ssl.SSLContext:
    """Certificates and host names are checked; there is no way to leave that out."""
    try:
        return ssl.create_default_context(cafile=ca_file)
    except OSError as error:  # ssl.SSLError is one
        why = error.strerror or type(error).__name__
        raise NotLetIn(
            f"MINGJIAN_KAFKA_CA_FILE {ca_file}：{why} / no certificates can be read there"
        ) from error
