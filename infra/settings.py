"""Settings, read once from the environment (prefix MINGJIAN_)."""

from __future__ import annotations

import ipaddress
import re
import stat
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import quote, unquote, urlsplit

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from domain.event import Division

SECRETS = (
    "ledger_secret",
    "database_url",
    "desk_database_url",
    "kafka_password",
    "oidc_client_secret",
)
"""Settings that a file may hold: its name is in a setting named `…_file`."""
SAMPLE_SECRET = "public: this ledger holds invented records only"  # noqa: S105  not a secret


class Settings(BaseSettings):
    """Where things are and how this process runs.

    `ledger_secret` keys pseudonyms, digests and the sealing of what waits. A ledger without a
    secret of its own is a sample ledger: it may hold invented records only, and every page and
    document of it says so.
    """

    model_config = SettingsConfigDict(
        env_prefix="MINGJIAN_",
        frozen=True,
        env_ignore_empty=True,  # a secret set to nothing is no secret
    )

    database_url: str | None = None
    """PostgreSQL to use, by the user of this process; None = the embedded server under `home`."""
    database_url_file: Path | None = None
    """A file that holds this URL, so that a password in it stands in no environment."""
    database_password_file: Path | None = None
    """A file that holds the password of the user that the URL names."""
    desk_database_url: str | None = None
    """The same database by the user as whom the inside view writes down what its users do there;
    None = nothing is done there, but on the embedded server, which has that user."""
    desk_database_url_file: Path | None = None
    desk_database_password_file: Path | None = None
    """As for the address above."""
    kafka: str | None = None
    """Kafka bootstrap servers; None = without a broker."""
    kafka_prefix: str = "mingjian"
    """What the names of all topics, groups and users begin with, where systems share a broker."""
    kafka_security: Literal["PLAINTEXT", "SASL_SSL"] | None = None
    """How the broker is spoken to; None = SASL_SSL where a user is named, else PLAINTEXT.

    To a broker of another machine a live ledger speaks in clear only where this says so.
    """
    kafka_user: str | None = None
    """As whom (SCRAM-SHA-512)."""
    kafka_password: Annotated[str | None, Field(repr=False)] = None
    kafka_password_file: Path | None = None
    """A file that holds it, so that it stands in no environment."""
    kafka_ca_file: Path | None = None
    """Who is believed about certificates (PEM); None = those whom the system believes."""
    home: Path = Path(".mingjian")
    bureau: Path | None = None
    """Folder of the bureau; None = the sample bureau that ships with the program."""
    fonts: Path | None = None
    """Folder of the faces of official documents, for PDF; None = what the machine has."""
    ledger: Division | None = None
    """The ledger that is meant where none is named; None = that of the bureau's division."""
    ledger_secret: str | None = None
    ledger_secret_file: Path | None = None
    """A file that holds the secret, so that it stands in no environment."""
    master_key_file: Path | None = None
    """A file with the master keys that wrap persons' keys, the current one first; None = a key
    derived from the ledger secret."""
    log_json: bool | None = None
    """JSON log lines; None = JSON unless stderr is a terminal."""
    metrics_port: int | None = None
    """Port for /metrics, /healthz and /readyz of a service; None = no such port."""
    metrics_host: str = "127.0.0.1"
    """Where that port listens; in a container its own address."""
    clients: Annotated[int, Field(ge=1)] = 512
    """Connections to the pages at a time; each takes a file of the process."""
    api_rate: Annotated[int, Field(ge=0, le=1_000_000)] | None = None
    """Requests a minute that one address may make of the read API; 0 = any number. None = 600, and
    any number from this machine itself, where a proxy may stand for all readers."""

    gateway_rate: Annotated[int, Field(ge=0, le=1_000_000)] = 6_000
    """Requests a minute that may be made of the gateway with one key; 0 = any number. In batches of
    500 the usual ones are 50,000 events a second: more than a ledger takes."""
    oidc_issuer: str | None = None
    """Identity provider (OpenID Connect) by its issuer address: the gateway takes its access tokens
    beside keys, and users of the inside view may sign in there; None = there is none."""
    oidc_audience: str = "mingjian"
    """Whom those tokens must be for (`aud`)."""
    quarantine_bytes: Annotated[int, Field(ge=0)] = 64 * 2**20
    """So many bytes are kept of what is refused of a topic or file; then only hash and size."""

    inside_url: str | None = None
    """Where readers reach the inside view through a proxy that speaks TLS: https://host. None = the
    inside view is for readers of this machine only."""
    trusted_proxies: str = ""
    """Addresses or networks of the proxies that speak for that address, with commas between."""
    oidc_client_id: str | None = None
    """What that provider calls the inside view, at which its users then sign in; None = by token
    only."""
    oidc_client_secret: str | None = None
    """The secret that the provider gave this service; None = it gave none."""
    oidc_client_secret_file: Path | None = None

    @model_validator(mode="after")
    def _reachable(self) -> Self:
        """What says how the inside view is reached is said whole; raises ValueError."""
        if self.inside_url is not None and not re.fullmatch(
            r"https://[^/?#@\s]+/?", self.inside_url
        ):
            raise ValueError(
                "MINGJIAN_INSIDE_URL 写作 https://主机名，由代理终结 TLS / is https://host, no more"
            )
        if (self.inside_url is None) != (not self.proxies):
            raise ValueError(
                "MINGJIAN_INSIDE_URL 与 MINGJIAN_TRUSTED_PROXIES 须一并设置"
                " / set both or none of them"
            )
        if self.oidc_issuer is None and self.oidc_client_id is not None:
            raise ValueError(
                "MINGJIAN_OIDC_CLIENT_ID 须与 MINGJIAN_OIDC_ISSUER 一并设置 / set both"
            )
        return self

    @property
    def proxies(self) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
        """The networks of the trusted proxies; raises ValueError."""
        given = filter(None, (each.strip() for each in self.trusted_proxies.split(",")))
        return tuple(ipaddress.ip_network(each) for each in given)

    @model_validator(mode="before")
    @classmethod
    def _from_files(cls, given: dict[str, Any]) -> dict[str, Any]:
        """What is secret is told once; of a file it is the first line."""
        for name in SECRETS:
            if (file := given.get(f"{name}_file")) is None:
                continue
            if given.get(name) is not None:
                variable = f"MINGJIAN_{name}".upper()
                raise ValueError(f"{variable} 与 {variable}_FILE 只设一个 / set one of them")
            given = given | {name: secret_in(Path(file))}
        for name in ("database", "desk_database"):
            if (file := given.get(f"{name}_password_file")) is not None:
                url = _with_password(name, given.get(f"{name}_url"), Path(file))
                given = given | {f"{name}_url": url}
        return given

    @model_validator(mode="after")
    def _whole(self) -> Self:
        """A user has a password, and neither is sent to a broker that is not asked for them."""
        if (self.kafka_user is None) != (self.kafka_password is None):
            raise ValueError(
                "MINGJIAN_KAFKA_USER 与 MINGJIAN_KAFKA_PASSWORD（或者 …_PASSWORD_FILE）须一起设"
                " / set both or neither"
            )
        if self.kafka_security is not None and (self.kafka_security == "SASL_SSL") != (
            self.kafka_user is not None
        ):
            raise ValueError(
                "MINGJIAN_KAFKA_SECURITY=SASL_SSL 须设 MINGJIAN_KAFKA_USER，PLAINTEXT 不得设"
                " / SASL_SSL needs a user, PLAINTEXT has none"
            )
        return self

    @property
    def secret(self) -> bytes:
        """The ledger secret as bytes."""
        return (self.ledger_secret or SAMPLE_SECRET).encode()

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must stand in no log."""
        told: set[str | None] = set()
        for name in SECRETS:
            value = getattr(self, name)
            if name.endswith("_url"):
                value = urlsplit(value or "").password
                told.add(None if value is None else unquote(value))
            told.add(value)
        return tuple(sorted(filter(None, told)))

    @property
    def embedded(self) -> bool:
        """Whether the database is the server of our own, which upgrades by itself."""
        return self.database_url is None

    @property
    def sample(self) -> bool:
        """Whether ledgers created now are sample ledgers."""
        return self.ledger_secret is None


def secret_in(file: Path) -> str:
    """The first line of a file that nobody else may write; raises ValueError."""
    try:
        if file.stat().st_mode & stat.S_IWOTH:
            raise ValueError(f"{file} 人人可写：chmod 600 / may be written by anybody")
        secret = file.read_text(encoding="utf-8").partition("\n")[0].strip()
    except OSError as error:
        raise ValueError(f"{file}：{error.strerror} / cannot be read") from error
    if not secret:
        raise ValueError(f"{file} 中没有密钥 / holds no secret")
    return secret


def _with_password(name: str, url: str | None, file: Path) -> str:
    """A URL with the password for the user that it names."""
    scheme, found, rest = (url or "").partition("://")
    user, at, place = rest.partition("@")
    if not (found and at and user) or ":" in user:
        variable = f"MINGJIAN_{name.upper()}"
        raise ValueError(
            f"设了 {variable}_PASSWORD_FILE 时，{variable}_URL 须写明用户、不写密码：postgresql://"
            "USER@HOST/DB / with a password file the URL names the user and no password"
        )
    return f"{scheme}://{user}:{quote(secret_in(file), safe='')}@{place}"


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process."""
    return Settings()
