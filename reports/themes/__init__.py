"""Themes (专题): pages of numbers by month, made of what releases have told.

`reading` makes themes of the definitions in the bureau's folder, `told` finds their numbers in
releases, `months` puts the releases of a ledger in order.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from domain.bureau.bureau import Bureau
from domain.bureau.reading.wrong import Wrong
from reports.layered import Layered
from reports.themes.reading import read
from reports.themes.theme import Theme


def of(bureau: Bureau) -> Mapping[str, Theme]:
    """The themes that a bureau shows, by path; one with a mistake is not among them."""
    return _read(bureau)[0]


def check(bureau: Bureau) -> list[Wrong]:
    """All that is wrong with a bureau's themes, each with file and line."""
    return list(dict.fromkeys(_read(bureau)[1].wrong))


@lru_cache(maxsize=16)
def _read(bureau: Bureau) -> tuple[Mapping[str, Theme], Layered[Theme]]:
    made = read(bureau)
    return made.shown, made
