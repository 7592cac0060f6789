"""Who sends: keys as they were last read, and still known when PostgreSQL is gone."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime

import asyncpg
from starlette.requests import Request

from api.gate import is_local
from api.gateway import problems
from infra import logging as logs
from infra.alarm import Alarm
from ledger import adopted, source_keys
from ledger.seal import Sealer
from ledger.source_keys import Key
from ledger.store import LedgerMissing

REFRESH_SECONDS = 3.0
"""So long at most does a revoked key still open anything, while PostgreSQL answers."""
ANSWER_SECONDS = 5.0
BEARER = "bearer "
_NOBODYS = secrets.token_bytes(32)
"""Compared with where there is no such key, so that this takes as long."""
_log = logs.get("mingjian.gateway")


class Keyring:
    """The keys of all sources of a ledger, and the sources of the bureau that it adopted."""

    def __init__(self, pool: asyncpg.Pool, secret: bytes, ledger: str) -> None:
        self._pool = pool
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
            bureaus = await adopted.versions(connection, self._ledger)
        self._keys, self.sources = keys, bureaus.sources
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
        """Whether no key was ever issued: then whoever is on this machine may send."""
        return self.read_at is not None and not self._keys

    def admit(self, request: Request, given: str | None = None) -> str | None:
        """The source that asks; None of one on this machine while no key was ever issued.

        The key stands in the head of the request, or was `given` in a form. Raises Problem.
        """
        if self.read_at is None:
            raise problems.not_ready()
        if not self._keys:
            if not is_local(request):
                raise problems.no_keys()
            return None
        if given is None:
            told = request.headers.getlist("authorization")
            if len(told) > 1:
                raise problems.two_keys()
            header = told[0] if told else ""
            given = header[len(BEARER) :] if header[: len(BEARER)].lower() == BEARER else ""
        key_id, secret = source_keys.parts_of(given.strip()) or ("", "")
        key = self._keys.get(key_id)
        wanted = _NOBODYS if key is None else key.sha256
        fits = secrets.compare_digest(source_keys.hash_of(secret), wanted)
        if key is None or not fits or not key.valid(datetime.now(UTC)):
            raise problems.key_needed(given=bool(given))
        request.state.key = key.id
        return key.source

    def admit_to(self, request: Request, source: str) -> None:
        """Raise Problem unless who asks may ask about a source."""
        asking = self.admit(request)
        if asking not in (None, source):
            raise problems.another_source(f"密钥属于来源系统 {asking} / the key is of {asking}")
        if source not in self.sources:
            raise problems.unknown_source(self.sources)
