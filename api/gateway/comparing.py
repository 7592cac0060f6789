"""A roster that came over HTTP, compared with the ledger: in a thread, so that no request waits.

Nothing is kept between a preview and its confirmation: the file comes again, is compared again, and
is sent only where that comes to the same.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import NamedTuple

import uvloop

from api.gateway import problems
from domain.bureau.bureau import Bureau
from infra import bureaus, postgres
from infra.roles import Role, become
from infra.settings import Settings
from ledger import adopted, store
from ledger.seal import Sealer
from projections import snapshot
from rosters import map_reading, maps
from rosters.maps import RosterMap
from rosters.preview import Against, Preview, prepare
from rosters.sheets import NotReadable, book_of

WAIT_SECONDS = 10.0
"""How long read models are waited for that do not hold all of the ledger yet."""
LOOK_SECONDS = 0.1
AT_ONCE = asyncio.Semaphore(1)
"""A large roster takes all that one processor has: events are taken in beside it."""


class Brought(NamedTuple):
    """A roster as it was sent: by which map, its file, and its month where it was said."""

    made: str
    name: str
    content: bytes
    period: str | None


def usable(settings: Settings, source: str | None) -> list[RosterMap]:
    """The maps of the bureau's folder that a source may use (None = whoever is on this machine)."""
    bureau = bureaus.ours(settings)
    every = (_read(settings, name, bureau) for name in maps.places(_folder(settings)))
    return [made for made in every if made is not None and source in (None, made.source)]


async def compared(
    settings: Settings, ledger: str, brought: Brought, source: str | None
) -> Preview:
    """What a roster would do now, if this source sent it. Raises Problem."""
    async with AT_ONCE:
        return await asyncio.to_thread(
            lambda: uvloop.run(_compared(settings, ledger, brought, source))
        )


def _folder(settings: Settings) -> Path:
    return settings.bureau or bureaus.default()


def _read(settings: Settings, name: str, bureau: Bureau) -> RosterMap | None:
    path = maps.places(_folder(settings)).get(name)
    return None if path is None else map_reading.read_map(name, path.read_bytes(), bureau)[0]


async def _compared(settings: Settings, name: str, brought: Brought, source: str | None) -> Preview:
    async with postgres.connect(postgres.database_url(settings, Role.INTAKE)) as connection:
        await become(connection, Role.INTAKE)  # who alone may tell persons of a roster apart
        bureau = (await adopted.versions(connection, name)).latest
        made = _read(settings, brought.made, bureau)
        if made is None:
            raise problems.no_map([each.name for each in usable(settings, source)])
        if source not in (None, made.source):
            raise problems.another_source(
                f"对照表 {made.name} 属于来源系统 {made.source}，密钥属于 {source}"
                f" / the map is of {made.source}, the key is of {source}"
            )
        try:
            book = book_of(brought.name, brought.content)
            deadline = asyncio.get_running_loop().time() + WAIT_SECONDS
            while True:
                async with snapshot.snapshot(connection):
                    ledger = await store.find_ledger(connection, name)
                    if ledger is None:
                        raise problems.database()
                    if await snapshot.folded(connection, name) >= ledger.position:
                        sealer = Sealer(settings.secret, name)
                        against = Against(connection, ledger, sealer, bureau)
                        return await prepare(against, made, book, brought.period)
                if asyncio.get_running_loop().time() > deadline:
                    raise problems.behind()
                await asyncio.sleep(LOOK_SECONDS)
        except NotReadable as error:
            raise problems.unreadable_roster(str(error)) from None
