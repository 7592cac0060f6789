"""Looking back at a past moment, and being there: what differs."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date

from ledger import aside
from ledger.records import Record
from projections import tail
from reports import aside as reports_aside
from reports.moment import Moment
from tests.oracle.everything import as_of, differences, empty, tables
from tests.support import defined
from tests.support.ledger import LEDGER, Bench


async def check_past(url: str, lines: Sequence[bytes], stops: int) -> list[str]:
    """At so many moments: rows and answers then, and as of then; what differs, in words."""
    dice = random.Random(f"stops {len(lines)}")  # noqa: S311  a seed, not a secret
    ends = [*sorted(dice.sample(range(1, len(lines)), stops)), len(lines)]
    then, at = [], 0
    async with empty(url) as bench:
        for end in ends:
            records = [Record(line, f"test:{n}") for n, line in enumerate(lines[at:end], at)]
            await bench.intake.take(bench.connection, records)
            await tail.catch_up(bench.connection, LEDGER)
            moment = await bench.connection.fetchrow("SELECT position, journal FROM ledger.ledger")
            then.append((moment, await tables(bench.connection), await _answers(bench, *moment)))
            at = end
        _, now, _ = then[-1]
        differing: list[str] = []
        for (position, journal), found, said in then:
            differing += differences(as_of(found, position), as_of(now, position))
            says = await _answers(bench, position, journal)
            differing += [
                f"at {position}, journal {journal}: {one} against {two}"
                for one, two in zip(said, says, strict=True)
                if one != two
            ]
    return differing


async def _answers(bench: Bench, at: int, journal: int) -> list[object]:
    """All figures and statements, and what was aside, as known at a moment."""
    asked = Moment(LEDGER, date(2024, 1, 1), date(2024, 8, 31), at, journal=journal)
    figures = await defined.figures(bench.connection, asked)
    found: list[object] = [(each.figure.id, each.exact, each.beside) for each in figures]
    statements = await defined.statements(bench.connection, asked)
    found += [(each.statement.id, each.holds, each.conditions) for each in statements]
    for table in aside.TABLES:
        found.append(await aside.counts(bench.connection, table, LEDGER, journal))
        rows = await aside.rows(bench.connection, table, LEDGER, settled=True, journal=journal)
        found.append([tuple(row.items()) for row in rows])
    return [*found, await reports_aside.at(bench.connection, asked)]
