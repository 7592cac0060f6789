"""What the releases of the year tell of persons, all together, gives nobody away."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import product

import asyncpg
import pytest

from ledger import adopted
from reports import plans
from reports.cells.cell import PLACE, Cell, Codes, Release
from reports.moment import resolve
from reports.plans import composing, values
from tests.attack.attacker import Attacker
from tests.year.conftest import LEDGER

PERIODS = [
    *(("monthly", f"2024-{month:02}") for month in (1, 3)),
    *(("townships", f"2024-{period}") for period in ("Q1", "Q2", "H1", "Q3")),
    ("annual", "2024"),
]


async def releases(connection: asyncpg.Connection) -> list[Release]:
    """Bulletins and the annual report, each knowing those before."""
    bureau = await adopted.at(connection, LEDGER)
    there = plans.of(bureau)
    made: list[Release] = []
    for plan, period in PERIODS:
        moment = await resolve(connection, LEDGER, period)
        document = await composing.build(connection, there[plan], bureau, moment, earlier=made)
        persons = tuple(cell for cell in document.told if cell.policy != "open")
        made.append(Release(document.merged, persons))
    return made


def told_of(made: Iterable[Release]) -> list[Cell]:
    """All counts of persons that were told."""
    cells = (cell.at_month_end() for release in made for cell in release.cells)
    return [cell for cell in dict.fromkeys(cells) if not cell.money]


def behind_blocks(told: Iterable[Cell]) -> Iterator[Cell]:
    """Every count that was told only together with others."""
    for cell in told:
        if cell.exact and any(len(codes) > 1 for _, codes in cell.cut):
            names = cell.dimensions
            for codes in product(*(sorted(some) for _, some in cell.cut)):
                cut = tuple((n, frozenset({code})) for n, code in zip(names, codes, strict=True))
                yield replace(cell, cut=cut, exact=None, behind=0)


def found(told: Sequence[Cell], hidden: Iterable[Cell]) -> list[Cell]:
    """Hidden counts of which all that was told leaves fewer than three more or less open."""
    shown = {replace(cell, exact=None, behind=0) for cell in told}
    by_subject: defaultdict[tuple[str, Codes], list[Cell]] = defaultdict(list)
    for cell in hidden:
        if cell not in shown:
            by_subject[cell.measure, cell.subjects].append(cell)
    wrong: list[Cell] = []
    for (measure, subjects), cells in by_subject.items():
        known = [c for c in told if c.measure == measure and c.subjects & subjects]
        codes: defaultdict[str, set[str]] = defaultdict(set)
        for cell in known:
            for name, some in cell.cut:
                codes[name] |= some
        attacker = Attacker(known, {measure: codes}, {})
        wrong += [cell for cell in dict.fromkeys(cells) if attacker.range_of(cell) < 3]
    return wrong


async def test_all_releases_together_leave_every_hidden_count_open(
    year_connection: asyncpg.Connection,
) -> None:
    told = told_of(await releases(year_connection))
    by_township = [cell for cell in told if PLACE in cell.dimensions]
    hidden = list(behind_blocks(told))

    assert len(by_township) > 50
    assert [cell for cell in by_township if cell.exact in (1, 2)] == []
    assert len(hidden) > 50
    assert found(told, hidden) == []


async def test_with_merging_switched_off_the_attacker_finds_them(
    year_connection: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One township is not printed; the total and the others give it away."""
    hidden = next(behind_blocks(told_of(await releases(year_connection))))
    monkeypatch.setattr(values, "pattern", lambda *_: ())
    told = told_of(await releases(year_connection))
    others = [cell for cell in told if replace(cell, exact=None, behind=0) != hidden]

    assert found(others, [hidden]) == [hidden]
