"""Registers over the whole sample year: as long as the registrar counted, and nobody in them."""

from __future__ import annotations

import json
import re
from datetime import date

import asyncpg

from projections.read_model import SCHEMA
from projections.snapshot import snapshot
from reports import registers
from reports.moment import Moment
from reports.registers import asking
from reports.registers.asking import Listing, Query
from tests.support.bureau import SAMPLE
from tests.year.conftest import LEDGER, data_of


async def listing(
    connection: asyncpg.Connection, name: str, day: date, query: Query | None = None
) -> Listing:
    """All rows of a register on a day, as known now."""
    at = await connection.fetchval("SELECT position FROM ledger.ledger WHERE ledger = $1", LEDGER)
    moment = Moment(LEDGER, day, day, at)
    register = registers.of(SAMPLE)[name]
    return await asking.listing(connection, register, moment, query or Query(), today=day)


async def test_the_register_is_as_long_as_the_registrar_counted(
    year_connection: asyncpg.Connection, lines: list[bytes]
) -> None:
    counted = data_of(lines, "organisations.register-counted")
    assert len(counted) > 1
    on_register = Query(filters={"state": "registered"})
    async with snapshot(year_connection):
        for each in counted:
            day = date.fromisoformat(each["counted_on"])
            found = await listing(year_connection, "organisations", day, on_register)
            assert found.count == each["bodies"], day


async def test_nobody_stands_in_a_register(
    year_connection: asyncpg.Connection, lines: list[bytes]
) -> None:
    """No pseudonym of a person whom the year names, and no number of an officer."""
    officers = {each["officer"] for each in data_of(lines, "officers.officer-taken-over")}
    persons = {
        row[0]
        for row in await year_connection.fetch(
            f"SELECT value FROM {SCHEMA}.registered_value WHERE item = 'legal-representative'"
            f" UNION SELECT lawyer FROM {SCHEMA}.adviser_lawyer"
        )
    }
    assert len(officers) > 3
    assert len(persons) > 100
    async with snapshot(year_connection):
        for name in registers.of(SAMPLE):
            found = await listing(year_connection, name, date(2024, 12, 31))
            assert found.count or name == "withdrawn-penalties", name  # none was in that year
            text = json.dumps([*map(dict, found.rows), *found.ids], ensure_ascii=False, default=str)
            assert not set(re.findall(r"[0-9a-f]{32,}", text)) & persons, name
            assert not {code for code in officers if f'"{code}"' in text}, name
