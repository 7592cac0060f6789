"""Who sends: keys as they were last read, and still known when PostgreSQL is gone.

In place of a key there may be an access token of the identity provider that the settings name; the
register says for which source its subject sends.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import asyncpg
from starlette.requests import Request

from api.gate import is_local
from api.gateway import problems, senders
from domain.standing import Subject
from infra import logging as logs
from infra.alarm import Alarm
from infra.settings import Settings
from ledger import adopted, register, source_keys
from ledger.register import Register
from ledger.seal import Sealer
from ledger.source_keys import Key
from ledger.store import LedgerMissing

if TYPE_CHECKING:
    from infra.oidc import Verifier

REFRESH_SECONDS = 3.0
"""So long at most does a revoked key still open anything, while PostgreSQL answers."""
ANSWER_SECONDS = 5.0
BEARER = "bearer "
_NOBODYS = secrets.token_bytes(32)
"""Compared with where there is no such key, so that this takes as long."""
_log = logs.get("mingjian.gateway")


def verifier_of(settings: Settings) -> Verifier | None:
    """What verifies tokens; None where no provider is named. Raises ValueError at its address."""
    if settings.oidc_issuer is None:
        return None
    from infra.oidc import Verifier  # noqa: PLC0415  most gateways have keys only

    return Verifier(settings.oidc_issuer, settings.oidc_audience)


class Keyring:
    """The keys of all sources of a ledger, how they stand in its register, and its bureau's."""

    def __init__(
        self, pool: asyncpg.Pool, secret: bytes, ledger: str, verifier: Verifier | None = None
    ) -> None:
        self._pool = pool
        self._verifier = verifier
        self._register = Register()
        self._sealer = Sealer(secret, ledger)
        self._ledger = ledger
        self._keys: Mapping[str, Key] = {}
        self.sources: frozenset[str] = frozenset()
        self.read_at: datetime | None = None
        """When they were last read; None before the first time."""
        self.begun = asyncio.Event()
        """Set once they were."""

    async def read(self) -> None:
        """Read keys and sources. Raises what the database raises, and Alarm."""
        async with asyncio.timeout(ANSWER_SECONDS), self._pool.acquire() as connection:
            keys = await source_keys.read(connection, self._sealer, self._ledger)
            stands = await register.read(connection, self._sealer, self._ledger)
            bureaus = await adopted.versions(connection, self._ledger)
        self._keys, self._register, self.sources = keys, stands, bureaus.sources
        self.read_at = datetime.now(UTC)
        self.begun.set()

    async def follow(self) -> None:
        """Read again and again until cancelled; what was read stays while it cannot be read."""
        while True:
            try:
                await self.read()
            except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                _log.warning("keys are as they were read last", exc_info=error)
            except (Alarm, LedgerMissing) as error:
                _log.error("keys are as they were read last", exc_info=error)
            await asyncio.sleep(REFRESH_SECONDS)

    @property
    def keyless(self) -> bool:
        """Whether there never was a key, nor a provider: then who is on this machine may send."""
        return self.read_at is not None and not self._keys and self._verifier is None

    async def admit(self, request: Request, given: str | None = None) -> str | None:
        """The source that asks; None of one on this machine while no key was ever issued.

        The key or token stands in the head of the request, or was `given` in a form. Raises
        Problem.
        """
        if self.read_at is None:
            raise problems.not_ready()
        if self.keyless:
            if not is_local(request):
                raise problems.no_keys()
            return None
        if given is None:
            told = request.headers.getlist("authorization")
            if len(told) > 1:
                raise problems.two_keys()
            header = told[0] if told else ""
            given = header[len(BEARER) :] if header[: len(BEARER)].lower() == BEARER else ""
        if self._verifier is not None and _may_be_token(given):
            return await self._by_token(request, self._verifier, given.strip())
        key_id, secret = source_keys.parts_of(given.strip()) or ("", "")
        key = self._keys.get(key_id)
        wanted = _NOBODYS if key is None else key.sha256
        fits = secrets.compare_digest(source_keys.hash_of(secret), wanted)
        if key is None or not fits or not key.valid(datetime.now(UTC)):
            raise problems.key_needed(given=bool(given))
        request.state.key = key.id
        return key.source

    async def _by_token(self, request: Request, verifier: Verifier, token: str) -> str:
        """The source for which the subject of a token sends. Raises Problem."""
        from infra.oidc import ProviderAway, TokenRefused  # noqa: PLC0415  as above

        try:
            claims = await asyncio.to_thread(verifier.claims, token)
        except TokenRefused as refused:
            raise senders.token_refused(refused.reason) from None
        except ProviderAway as error:
            _log.warning("the identity provider cannot be asked", exc_info=error)
            raise senders.provider_away() from None
        source = self._sends_for(claims)
        if source is None:
            raise senders.unknown_subject()
        request.state.key = f"token/{source}"
        return source

    def _sends_for(self, claims: Mapping[str, Any]) -> str | None:
        client = claims.get("client_id") or claims.get("azp")
        for claim, value in (("sub", claims["sub"]), ("client", client)):
            found = self._register.whose(Subject(claims["iss"], claim, str(value)))
            if value is not None and found is not None:
                return found
        return None

    def require_active(self, source: str | None) -> None:
        """Raise Problem where nothing of a source is taken (None: nobody knows whose it is yet)."""
        if source is None:
            return
        stands = self._register.of(source)
        if stands.unregistered:
            raise senders.not_registered(source)
        if stands.suspended is not None:
            raise senders.suspended(source)

    async def admit_to(self, request: Request, source: str) -> None:
        """Raise Problem unless who asks may ask about a source."""
        asking = await self.admit(request)
        if asking not in (None, source):
            raise problems.another_source(f"密钥属于来源系统 {asking} / the key is of {asking}")
        if source not in self.sources:
            raise problems.unknown_source(self.sources)


def _may_be_token(given: str) -> bool:
    """Whether it has the three parts of a signed token; a key has no dot."""
    return given.count(".") == 2  # noqa: PLR2004  RFC 7515, 3.1
