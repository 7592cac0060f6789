"""The figures and statements of a bureau: what its annual plan defines."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import asyncpg

from domain.bureau.bureau import Bureau
from ledger import adopted
from reports.catalogue import CHECKS, slice_of
from reports.measure import Figure, Statement
from reports.moment import Moment

ANNUAL = "plans/annual.toml"


class Definitions(NamedTuple):
    """Figures and statements by id, in order."""

    figures: Mapping[str, Figure]
    statements: Mapping[str, Statement]


@lru_cache(maxsize=16)
def of(bureau: Bureau) -> Definitions:
    """Those of a bureau's annual plan; a bureau without one has none."""
    if ANNUAL not in bureau.files:
        return Definitions({}, {})
    held = tomllib.loads(bureau.files[ANNUAL].decode())
    figures = {key: _figure(bureau, key, said) for key, said in held["figures"].items()}
    return Definitions(
        figures,
        {key: _statement(bureau, key, said, figures) for key, said in held["statements"].items()},
    )


async def at(connection: asyncpg.Connection, moment: Moment) -> Definitions:
    """Those of the plan that the ledger had adopted at a moment."""
    return of(await adopted.at(connection, moment.ledger, moment.at))


def _figure(bureau: Bureau, key: str, said: Mapping[str, Any]) -> Figure:
    where = {
        name: value if isinstance(value, list) else [value]
        for name, value in said.get("where", {}).items()
    }
    part = slice_of(bureau, said["measure"], where)
    measure = part.measure
    default = f"{measure.definition}（{part.words}）" if part.cut else measure.definition
    return Figure(
        id=key,
        name=said.get("name", key),
        slice=part,
        unit=said.get("unit", measure.unit),
        definition=said.get("definition", default),
        reading=said.get("reading", measure.reading),
        group=said.get("group", "其他"),
        front=said.get("front", 0),
    )


def _statement(
    bureau: Bureau, key: str, said: Mapping[str, Any], figures: Mapping[str, Figure]
) -> Statement:
    check, given = CHECKS[said["check"]], said.get("with", {})
    uses = () if check.uses is None else check.uses(given)
    words = {
        name: "、".join(map(str, value)) if isinstance(value, list) else value
        for name, value in given.items()
    }
    return Statement(
        id=key,
        name=said.get("name", key),
        check=check,
        bureau=bureau,
        holds_when=said.get("holds_when", check.holds_when.format(**words)),
        parameters=given,
        figures=tuple(figures[name] for name in uses),
    )
