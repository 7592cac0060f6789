"""What waits is in no figure: how many events of a period, and what they claim, at any position."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.faults import Unacceptable
from infra.settings import Settings
from ledger import release
from ledger.intake import Intake
from ledger.records import Record
from projections import opening
from reports import aside
from reports.aside import Aside
from reports.moment import Moment
from reports.render import html, markdown
from tests.support import documents
from tests.support.bureau import new_ledger
from tests.support.engine import altered, take
from tests.support.history import BANK, OFFICE
from tests.support.ledger import LEDGER, Bench, event
from tests.support.money import a_household, a_payment


def a_case(number: int) -> bytes:
    return event(OFFICE, f"c-{number}", a_household(f"DB-{number}"))


def paid(event_id: str, case: int, fen: int, on: str) -> bytes:
    return event(BANK, event_id, a_payment(f"DB-{case}", fen, on[:7], on=on))


def malformed(line: bytes) -> bytes:
    return altered(line, {"programme": "pension"})


def refuse(*_: object, **__: object) -> None:
    raise Unacceptable("malformed_value")


def period(start: str, end: str, at: int) -> Moment:
    return Moment(LEDGER, date.fromisoformat(start), date.fromisoformat(end), at)


def year(at: int) -> Moment:
    return period("2024-01-01", "2024-12-31", at)


# In words.


@pytest.mark.parametrize(
    ("waits", "text", "english"),
    [
        (Aside(), "", ""),
        (
            Aside(2, 3, 123_456),
            "本期另有未通过校验 2 条、待关联 3 条未计入，声称金额 1,234.56 元",
            "not counted: 2 quarantined, 3 parked, claiming 1,234.56 yuan",
        ),
        (
            Aside(0, 1, 40_000),
            "本期另有待关联 1 条未计入，声称金额 400.00 元",
            "not counted: 1 parked, claiming 400.00 yuan",
        ),
        (
            Aside(1, 0, 0),
            "本期另有未通过校验 1 条未计入，未见金额",
            "not counted: 1 quarantined, claiming no amount",
        ),
    ],
)
def test_the_note_names_what_there_is_and_nothing_else(
    waits: Aside, text: str, english: str
) -> None:
    assert (waits.text, waits.english) == (text, english)
    assert bool(waits) is bool(text)


# In a ledger.


async def test_each_event_waits_in_the_period_it_claims(connection: asyncpg.Connection) -> None:
    bench = await Bench.open(connection)
    await bench.take(
        paid("p-feb", 9, 40_000, "2024-02-29"),
        malformed(paid("p-mar", 9, 5_000, "2024-03-01")),
        paid("p-mar-2", 9, 700, "2024-03-31"),
        paid("p-2023", 9, 1, "2023-12-31"),
    )
    assert await aside.at(connection, period("2024-02-01", "2024-02-29", 0)) == Aside(0, 1, 40_000)
    assert await aside.at(connection, period("2024-03-01", "2024-03-31", 0)) == Aside(1, 1, 5_700)
    assert await aside.at(connection, year(0)) == Aside(1, 2, 45_700)
    other = Moment("445103", date(2024, 1, 1), date(2024, 12, 31), 0)
    assert await aside.at(connection, other) == Aside()


async def test_what_could_be_no_event_of_its_source_claims_nothing(
    connection: asyncpg.Connection,
) -> None:
    """Thirty lines of junk wrote a sum of their own on every public page."""
    bench = await Bench.open(connection)
    known = malformed(paid("p-1", 9, 10**13, "2024-01-08"))
    await bench.take(
        b"\xff not UTF-8",
        b'{"time":"2024-06-01T00:00:00+08:00","data":{"amount_fen":10000000000000}}',
        altered(known, type="cn.mingjian.x.y.v1"),
        altered(known, source="nobody"),
        altered(known, source="marriage"),
        altered(known, division="445103"),
    )
    await bench.intake.take(connection, [Record(known, "mingjian.intake.office/0/7", "office")])
    rows = await connection.fetch("SELECT claims_fen, claims_on FROM ledger.quarantine")
    assert [tuple(row) for row in rows] == [(None, None)] * 7
    assert await aside.at(connection, year(0)) == Aside()

    await bench.take(malformed(paid("p-2", 9, 300, "2024-01-08")))
    assert await aside.at(connection, year(0)) == Aside(1, 0, 300)


async def test_an_earlier_position_knows_what_waited_then(connection: asyncpg.Connection) -> None:
    """Positions: 1 case DB-1; put aside: two payments; 2 case DB-2, 3 its payment, then 4."""
    bench = await Bench.open(connection)
    await bench.take(
        a_case(1),
        paid("p-2", 2, 20_000, "2024-01-08"),
        malformed(paid("p-3", 1, 300, "2024-01-08")),
        a_case(2),
        paid("p-4", 1, 1, "2024-01-08"),
    )
    found = [await aside.at(connection, year(at)) for at in range(5)]
    both, one = Aside(1, 1, 20_300), Aside(1, 0, 300)
    assert found == [Aside(), both, both, one, one]


async def test_the_same_bytes_in_quarantine_and_parked_count_once(
    connection: asyncpg.Connection,
) -> None:
    """Refused while the contract was another, sent again later: now it only waits for its case."""
    bench = await Bench.open(connection)
    line = paid("p-1", 9, 20_000, "2024-01-08")
    with pytest.MonkeyPatch.context() as before:
        before.setattr("domain.envelope.Door.read", refuse)
        await bench.take(line)
    assert await aside.at(connection, year(0)) == Aside(1, 0, 20_000)
    await bench.take(line)
    assert await aside.at(connection, year(0)) == Aside(0, 1, 20_000)


async def test_a_parked_event_that_is_refused_at_last_waits_without_a_gap(
    connection: asyncpg.Connection,
) -> None:
    """It waits parked up to the position at which it begins to wait in quarantine."""
    bench = await Bench.open(connection)
    wrong = event(
        BANK, "p-9", a_payment("DB-2", 1, "2024-01"), corrects=f"{BANK}/p-1", kind="changed"
    )
    right = event(
        BANK, "p-8", a_payment("DB-1", 5, "2024-01"), corrects=f"{BANK}/p-1", kind="changed"
    )
    await bench.take(a_case(1), a_case(2), right, wrong)
    await bench.take(paid("p-1", 1, 50_000, "2024-01-08"))
    assert [await aside.at(connection, year(at)) for at in (2, 3, 4)] == [
        Aside(0, 2, 6),
        Aside(0, 2, 6),
        Aside(1, 0, 1),
    ]


async def test_wild_claims_add_up(connection: asyncpg.Connection) -> None:
    bench = await Bench.open(connection)
    lines = [malformed(paid(f"p-{n}", 9, 10**13, "2024-01-08")) for n in range(3)]
    await bench.take(*lines)
    await connection.execute("UPDATE ledger.quarantine SET claims_fen = 9223372036854775807")
    assert (await aside.at(connection, year(0))).claims_fen == 3 * (2**63 - 1)


# In the report.


async def test_the_report_says_under_its_title_what_is_not_in_it(
    connection: asyncpg.Connection,
) -> None:
    bench = await Bench.open(connection)
    await bench.take(a_case(1), paid("p-2", 2, 20_000, "2024-01-08"), a_case(2))
    note = "本期另有待关联 1 条未计入，声称金额 200.00 元。"
    for at, there in ((0, False), (1, True), (2, True), (3, False)):
        report = await documents.build(connection, year(at))
        page, text = html.render(report), markdown.render(report)
        assert (note in page, note in text) == (there, there), at
        assert ("待关联：所依据的事项尚未到达" in text) is there
    report = await documents.build(connection, year(1))
    for made in (html.render(report), markdown.render(report)):
        assert made.index(report.title) < made.index(note) < made.index(report.sections[1].heading)


# Against a model.

YEARS = {"2023-12-08": False, "2024-01-08": True, "2024-06-08": True}
"""Business dates → whether they lie in 2024."""
CASES = [a_case(number) for number in range(3)]


class Step(NamedTuple):
    """Something that is sent, or (repair) what an operator does."""

    what: str
    case: int
    fen: int
    on: str


STEPS = st.builds(
    Step,
    st.sampled_from(("case", "pay", "pay", "malformed", "repair")),
    st.integers(0, len(CASES) - 1),
    st.integers(1, 9),
    st.sampled_from(sorted(YEARS)),
)


@dataclass
class Model:
    """What should wait, in plain lists; what waited last at each position."""

    position: int = 0
    cases: set[int] = field(default_factory=set)
    parked: list[tuple[int, int, str]] = field(default_factory=list)
    refused: list[tuple[int, str]] = field(default_factory=list)
    at: dict[int, Aside] = field(default_factory=lambda: {0: Aside()})

    def note(self) -> None:
        refused = [fen for fen, on in self.refused if YEARS[on]]
        parked = [fen for _, fen, on in self.parked if YEARS[on]]
        self.at[self.position] = Aside(len(refused), len(parked), sum(refused) + sum(parked))

    def accept(self) -> None:
        self.position += 1
        self.note()

    def send(self, what: str, case: int, fen: int, on: str) -> None:
        if what == "case" and case not in self.cases:
            self.cases.add(case)
            self.accept()
            for waited in [p for p in self.parked if p[0] == case]:
                self.parked.remove(waited)
                self.accept()
        elif what == "pay" and case in self.cases:
            self.accept()
        elif what == "pay":
            self.parked.append((case, fen, on))
        elif what == "malformed":
            self.refused.append((fen, on))
        self.note()

    def repair(self) -> None:
        self.refused.pop(0)
        self.note()


@given(st.lists(STEPS, max_size=14), st.integers(1, 5))
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
async def test_at_every_position_what_waits_is_what_waited_then(
    connection: asyncpg.Connection, steps: Sequence[Step], batch: int
) -> None:
    """Whatever the size of batches; also after repairs, which move no position."""
    if not await connection.fetchval("SELECT to_regclass('ledger.ledger')"):
        await opening.prepare(connection)
    transaction = connection.transaction()
    await transaction.start()
    try:
        ledger = await new_ledger(connection)
        intake, model, lines = Intake(ledger, Settings().secret), Model(), list[bytes]()
        repaired = 0
        for number, step in enumerate(steps):
            if step.what == "repair":
                await take(connection, intake, *lines, batch=batch)
                lines.clear()
                if model.refused and model.cases:
                    repaired += 1
                    by = f"{OFFICE}/c-{min(model.cases)}"
                    await release.name_repair(connection, intake.sealer, LEDGER, repaired, by)
                    model.repair()
                continue
            model.send(*step)
            line = paid(f"p-{number}", step.case, step.fen, step.on)
            sent = {"case": CASES[step.case], "pay": line, "malformed": malformed(line)}
            lines.append(sent[step.what])
        await take(connection, intake, *lines, batch=batch)
        found = {at: await aside.at(connection, year(at)) for at in range(model.position + 1)}
        assert found == model.at
    finally:
        await transaction.rollback()
