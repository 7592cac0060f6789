"""Facts of a stream judged anew: at their place in the order of business, as they stand."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from datetime import date

import pytest

from domain.aggregate import Entry
from domain.assistance.benefits import BenefitTerminated
from domain.corrections import replaces
from domain.event import Event
from ledger.records import Record
from rules.a95_name_no_longer_in_use import RULE as CLOSED
from rules.a96_correction_in_vain import RULE as IN_VAIN
from rules.breaches import Watch, judged
from rules.judged import Breached, Stream
from tests.domain.test_listed import closed
from tests.oracle.delivery import of_all_types, of_cases
from tests.oracle.everything import empty
from tests.support.engine import read_entries
from tests.support.ledger import LEDGER, Correction
from tests.support.money import a_household, a_payment, a_return
from tests.support.rulebook import Book, changed, given, revoked

CASE = a_household("DB-1", fen=50_000)
MAY = a_payment("DB-1", 50_000, "2024-05", on="2024-05-20")
MAY_AGAIN = a_payment("DB-1", 50_000, "2024-05", on="2024-06-20")
JUNE = a_payment("DB-1", 50_000, "2024-06", on="2024-06-10")


def ended(last: str, on: str) -> BenefitTerminated:
    return BenefitTerminated(
        case_number="DB-1", last_month=last, reason="withdrawn", decided_on=date.fromisoformat(on)
    )


def told(book: Book) -> dict[str, Sequence[Entry]]:
    return dict(book._streams)


def breaches(*facts: Event | Correction) -> list[tuple[str, ...]]:
    """Code, position, first day and day after the last of each breach that stands."""
    return sorted(
        (each.code, str(each.entry.position), str(each.valid_from), str(each.valid_to or ""))
        for each in judged("case/DB-1", told(given(*facts))["case/DB-1"])
    )


def test_a_month_is_paid_twice_by_the_payment_that_came_later() -> None:
    """Also where that one was told first."""
    assert breaches(CASE, MAY, MAY_AGAIN) == [("month-already-paid", "3", "2024-06-20", "")]
    assert breaches(CASE, MAY_AGAIN, MAY) == [("month-already-paid", "2", "2024-06-20", "")]


def test_a_return_that_is_told_late_undoes_it() -> None:
    back = a_return("DB-1", "payouts/e-1", 50_000, "2024-05", on="2024-06-01")
    assert breaches(CASE, MAY, MAY_AGAIN, back) == []


def test_what_is_decided_later_of_months_before_stands_from_its_day() -> None:
    """Nobody could know it on the day of the payment."""
    assert breaches(CASE, JUNE, ended("2024-05", "2024-07-01")) == [
        ("month-not-entitled", "2", "2024-07-01", "")
    ]


def test_what_is_decided_of_later_months_changes_nothing() -> None:
    assert breaches(CASE, JUNE, ended("2024-06", "2024-07-01")) == []


def test_a_breach_ends_on_the_day_of_a_decision_that_makes_it_good() -> None:
    again = a_household("DB-1", fen=50_000, first="2024-06")
    again = again.model_copy(update={"taken_over_on": date(2024, 8, 1)})
    assert ("month-not-entitled", "3", "2024-06-10", "2024-08-01") in breaches(
        CASE, ended("2024-05", "2024-05-30"), JUNE, again
    )


def test_a_fact_that_was_taken_back_breaks_nothing() -> None:
    assert breaches(CASE, MAY, MAY_AGAIN, revoked(MAY_AGAIN)) == []
    assert breaches(CASE, MAY, MAY_AGAIN, revoked(MAY)) == []


def test_a_correction_is_judged_in_the_place_of_what_it_corrects() -> None:
    less = a_payment("DB-1", 40_000, "2024-05", on="2024-05-20")
    assert breaches(CASE, MAY, JUNE, changed(MAY, by=less)) == [
        ("amount-differs", "4", "2024-05-20", "")
    ]


def test_a_finding_keeps_its_name_through_corrections() -> None:
    less, more = (a_payment("DB-1", fen, "2024-05", on="2024-05-20") for fen in (40_000, 60_000))
    first = judged("case/DB-1", told(given(CASE, less))["case/DB-1"])
    then = judged("case/DB-1", told(given(CASE, less, changed(less, by=more)))["case/DB-1"])
    assert [(b.name, b.code) for b in first] == [(b.name, b.code) for b in then]
    assert [b.entry.position for b in then] == [3]


def test_a_correction_in_vain_is_found_until_it_is_taken_back_itself() -> None:
    entries = told(given(CASE, MAY, revoked(MAY), revoked(MAY)))["case/DB-1"]
    its = Watch([IN_VAIN]).found("case/DB-1", judged("case/DB-1", entries))["A96"]
    assert [(each.position, each.what) for each in its] == [(4, "到账：更正、撤销不起作用")]


def test_a_programme_that_is_closed_is_found() -> None:
    book = given(CASE, bureau=closed(until="2023-12-31"))
    entries = told(book)["case/DB-1"]
    its = Watch([CLOSED]).found("case/DB-1", judged("case/DB-1", entries))["A95"]
    assert [each.position for each in its] == [1]


# Whatever is told.

COMPARED = {
    "already-married",
    "party-dead",
    "covered-in-two-cases",
    "programmes-exclude-each-other",
    "granted-after-death",
}
"""What is noted of a fact by what other streams tell of the same person: no stream shows it."""


def anew(entries: Sequence[Entry]) -> list[Breached]:
    """All judged at once, none as it comes in its turn."""
    made = Stream(entries[0].stream)
    for entry in entries:
        made.tell(entry)
    made._anew()
    return made.breaches


def plain(breaches: Sequence[Breached]) -> Counter[tuple[object, ...]]:
    return Counter((b.name, b.code, b.entry.position, b.valid_from, b.valid_to) for b in breaches)


@pytest.mark.parametrize("seed", [1, 2])
async def test_of_any_history_the_breaches_are_those_that_were_noted_and_those_of_all_anew(
    ledger_url: str, seed: int
) -> None:
    """Noted when the facts arrived, as long as each came in its turn and none was corrected."""
    noted: dict[int, Sequence[str]] = {}
    async with empty(ledger_url) as bench:
        lines = [*of_cases(seed, 25), *of_all_types(seed, 250)]
        records = [Record(line, f"test:{n}") for n, line in enumerate(lines)]
        await bench.intake.take(bench.connection, records)
        entries = await read_entries(bench.connection, LEDGER, 0, len(lines))
        for row in await bench.connection.fetch("SELECT position, breaches FROM ledger.entry"):
            noted[row["position"]] = row["breaches"] or ()
    streams: dict[str, list[Entry]] = {}
    for entry in entries:
        streams.setdefault(entry.stream, []).append(entry)
    dice = random.Random(seed)  # noqa: S311  a seed, not a secret
    agreed = 0
    for name, its in streams.items():
        stream, in_turn, latest = Stream(name), True, date.min
        for number, entry in enumerate(its):
            stream.tell(entry)
            on = entry.data.occurred_on()
            late = on < latest or replaces(entry) or stream._counted
            in_turn, latest = in_turn and not late, max(on, latest)
            if in_turn:
                mine = sorted(b.code for b in stream.breaches if b.entry is entry)
                assert mine == sorted(set(noted[entry.position]) - COMPARED), entry
                agreed += bool(mine)
            if number == len(its) - 1 or dice.random() < 0.1:
                assert plain(stream.breaches) == plain(anew(its[: number + 1])), name
    assert agreed > 5
