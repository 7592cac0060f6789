"""Inspections of the sample year are possible ones, and each is counted once."""

from __future__ import annotations

import asyncpg

from tests.support.ledger import Bench
from tests.year.conftest import KNOWN, data_of, is_a


def test_no_officer_is_at_two_places_at_once(lines: list[bytes]) -> None:
    visits: dict[tuple[str, str], set[str]] = {}
    for data in data_of(lines, "inspection.inspection-conducted"):
        for officer in data["officers"]:
            visit = visits.setdefault((officer, data["inspected_on"]), set())
            visit.add(data["inspection_number"])

    assert {key: found for key, found in visits.items() if len(found) > 1} == {}


async def test_without_one_drawn_inspection_the_counts_fall_by_one(
    connection: asyncpg.Connection, lines: list[bytes]
) -> None:
    sources = ("organisations", "personnel", "funeral", "enforcement", "bureau-enforcement")
    marks = [f'"source":"{source}"'.encode() for source in sources]
    left_out = '"JC-2024-003"'
    bench = await Bench.open(connection)
    await bench.take(
        *(
            line
            for line in lines
            if any(mark in line for mark in marks)
            and not is_a(line, "inspection.inspection-conducted", left_out)
        )
    )

    figures = ("F28", "F29", "F31", "F36", "F30")
    assert [(await bench.figure(f, known=KNOWN)).value for f in figures] == [18, 16, 17, 13, 2]
