"""Nothing looks past D: what happens after it changes no figure, statement or cell at D.

Facts of all types are told, of any days; then as many more, all of whose days and months lie after
D. As known then and as known later, everything at D is the same.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, get_origin

import pytest

from domain.dates import Instant
from reports import definitions, evaluate
from reports.catalogue import MEASURES, slice_of
from reports.moment import Moment
from reports.table import Asked, tabulate
from tests.oracle.delivery import BEGUN, written
from tests.oracle.facts import Teller
from tests.oracle.interpreter import Message
from tests.support.bureau import SAMPLE
from tests.support.ledger import Bench

D = date(2024, 6, 30)
LATER = tuple(D + timedelta(days=1 + 11 * number) for number in range(40))
MONTHS = ("2024-07", "2024-08", "2024-11", "2025-02")
DATED = re.compile(r"(19|20|21)\d\d-\d\d(-\d\d)?")
BASE, MORE = 700, 500


@dataclass
class _After(Teller):
    """Tells facts of what happens after D."""

    def _value(self, name: str, annotation: Any, metadata: tuple[Any, ...] = ()) -> Any:
        if annotation is date:
            return self.dice.choice(LATER).isoformat()
        if annotation is Instant:
            return f"{self.dice.choice(LATER)}T10:00:00+08:00"
        found = super()._value(name, annotation, metadata)
        if get_origin(annotation) is None and isinstance(found, str):
            return self.dice.choice(MONTHS) if re.fullmatch(r"\d{4}-\d\d", found) else found
        return found


def _dates(data: Any) -> Iterator[str]:
    if isinstance(data, dict):
        for value in data.values():
            yield from _dates(value)
    elif isinstance(data, list):
        for value in data:
            yield from _dates(value)
    elif isinstance(data, str) and DATED.match(data):
        yield data[:10]


def _is_after(message: Message) -> bool:
    """Whether all its days and months lie after D."""
    return all(day > f"{D}"[: len(day)] for day in _dates(message["data"]))


def _is_told_in_time(message: Message) -> bool:
    """What was there when the ledger began is not told for the first time after D."""
    return "taken-over" not in message["type"] or message["time"][:10] <= f"{D}"


def _lines(told: list[Message]) -> list[bytes]:
    for number, message in enumerate(told):
        message["receivedat"] = (BEGUN + timedelta(minutes=number)).isoformat()
    return [written(message) for message in told]


async def _everything(bench: Bench, at: int) -> dict[str, Any]:
    moment = Moment("445102", date(2024, 1, 1), D, at)
    figures, statements = definitions.of(SAMPLE)
    asked = []
    for name, measure in MEASURES.items():
        part = slice_of(SAMPLE, name, {})
        asked += [Asked(part, by) for by in ((), *((d.name,) for d in measure.dimensions))]
    tables = await tabulate(bench.connection, moment, asked)
    told: dict[str, Any] = {
        f"{table.asked.slice.measure.name} {table.asked.by}": [
            (cell.codes, cell.exact) for cell in table.cells
        ]
        for table in tables
    }
    for value in await evaluate.figures(bench.connection, moment, list(figures.values())):
        told[value.figure.id] = value.exact, value.beside
    for claim in await evaluate.statements(bench.connection, moment, list(statements.values())):
        told[claim.statement.id] = claim.holds, sorted(what for ok, what, _ in claim.conditions)
    return told


@pytest.mark.parametrize("seed", range(3))
async def test_what_happens_after_d_changes_nothing_at_d(bench: Bench, seed: int) -> None:
    dice = random.Random(f"past {seed}")  # noqa: S311  a seed, not a secret
    teller = Teller(dice)
    before = [*filter(_is_told_in_time, teller.tell(BASE))]
    await bench.take(*_lines(before))
    then = await bench.connection.fetchval("SELECT position FROM ledger.ledger")
    waited = {
        row[0].partition(":")[2]
        for row in await bench.connection.fetch(
            "SELECT waits_for FROM ledger.parked WHERE taken_at IS NULL"
        )
    }
    known = await _everything(bench, then)
    later = _After(dice, list(teller.told))
    more = [
        message
        for message in later.tell(BASE + MORE)[BASE:]
        if "corrects" not in message and _is_after(message) and message["subject"] not in waited
    ]
    assert len(more) > MORE // 4
    for number, message in enumerate(more):
        message["id"] = f"later-{number}"
    await bench.take(*_lines(more))
    now = await bench.connection.fetchval("SELECT position FROM ledger.ledger")
    assert now > then + MORE // 10

    assert await _everything(bench, then) == known
    said = await _everything(bench, now)
    different = {name: (known[name], said[name]) for name in known if said[name] != known[name]}
    assert not different, "\n".join(f"{name}: {a} → {b}" for name, (a, b) in different.items())
