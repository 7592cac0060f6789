"""Public registers (名录): what is there on a day, for anybody to see without a release.

`public` says what of the read models may be shown at all, `reading` makes registers of the
definitions in the bureau's folder, `asking` asks the read models, `tabling` makes tables of what
they answer.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import lru_cache

from domain.bureau.bureau import Bureau
from domain.bureau.reading.wrong import Wrong
from reports.layered import Layered
from reports.registers.reading import read
from reports.registers.register import Register


def of(bureau: Bureau) -> Mapping[str, Register]:
    """The registers that a bureau shows, by name; one with a mistake is not among them."""
    return _read(bureau)[0]


def check(bureau: Bureau) -> list[Wrong]:
    """All that is wrong with a bureau's registers, each with file and line."""
    return list(dict.fromkeys(_read(bureau)[1].wrong))


def defined(bureau: Bureau) -> Collection[str]:
    """The names of all that are defined, whether they are right and shown or not."""
    return _read(bureau)[1].tables


def national(bureau: Bureau) -> frozenset[str]:
    """The names of those that are defined for the whole country."""
    return _read(bureau)[1].national


@lru_cache(maxsize=16)
def _read(bureau: Bureau) -> tuple[Mapping[str, Register], Layered[Register]]:
    made = read(bureau)
    return made.shown, made
