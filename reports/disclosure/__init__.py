"""The catalogue of what is to be made public (政务公开目录), and how far it was.

`clocked` says which days of the read models may be asked, `reading` makes rows of the definitions
in the bureau's folder, `clocks` says how things stand on a day, `asking` asks the read models,
`tabling` makes tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from domain.bureau.bureau import Bureau
from domain.bureau.reading.wrong import Wrong
from reports.disclosure.reading import read
from reports.disclosure.row import Row
from reports.layered import Layered


def of(bureau: Bureau) -> Mapping[str, Row]:
    """The rows of a bureau's catalogue, by name; one with a mistake is not among them."""
    return _read(bureau)[0]


def check(bureau: Bureau) -> list[Wrong]:
    """All that is wrong with a bureau's catalogue, each with file and line."""
    return list(dict.fromkeys(_read(bureau)[1].wrong))


@lru_cache(maxsize=16)
def _read(bureau: Bureau) -> tuple[Mapping[str, Row], Layered[Row]]:
    made = read(bureau)
    return made.shown, made
